import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { repository } from '../support/image.ts'
import type { Manifest } from './manifest.ts'

/** Kubernetes' own schemas of these versions, strict: the oldest that the manifests promise to run on, and the newest. */
export const versions = ['1.31', '1.37'] as const

export type KubernetesTools = {
  /** What `kustomize build` of a folder prints. Throws what it says when it refuses. */
  build(folder: string): string
  /** What is wrong with documents, one line each; none when every one of them was checked and is right. */
  validate(text: string, version: string): string[]
}

const schemas = 'kubernetes-validate==1.37.0'
const cache = join(repository, 'node_modules/.cache/indag-kubernetes')
const patienceMs = 400_000

/**
 * Kustomize as a library in a small Go program, and the schemas as a Python package: both from their registries, kept in node_modules/.cache.
 * Null where they cannot be had: then the suite says so by its name. In CI that is a failure.
 */
export function findKubernetesTools(): KubernetesTools | null {
  try {
    const [kustomize, packages] = [buildKustomize(), installSchemas()]
    return {
      build: (folder) => execFileSync(kustomize, [join(repository, folder)], { encoding: 'utf8', stdio: 'pipe' }),
      validate: (text, version) => validate(packages, text, version),
    }
  } catch (error) {
    if (process.env['CI']) throw error
    return null
  }
}

function buildKustomize(): string {
  const program = join(cache, 'kustomize')
  mkdirSync(cache, { recursive: true })
  const env = { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' }
  const cwd = join(import.meta.dirname, 'kustomize')
  execFileSync('go', ['build', '-o', program, '.'], { cwd, env, stdio: 'pipe', timeout: patienceMs })
  return program
}

/** Put into a folder of its own, whole or not at all. */
function installSchemas(): string {
  const target = join(cache, schemas)
  if (existsSync(target)) return target
  const making = mkdtempSync(join(cache, 'making-'))
  try {
    const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--target', making]
    execFileSync('python3', ['-m', 'pip', 'install', ...options, schemas], { stdio: 'pipe', timeout: patienceMs })
    renameSync(making, target)
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return target
}

/** The program warns of a kind that it does not know, and passes it: here that is wrong too. */
function validate(packages: string, text: string, version: string): string[] {
  const folder = mkdtempSync(join(cache, 'documents-'))
  const file = join(folder, 'documents.yaml')
  writeFileSync(file, text)
  try {
    const said = run(packages, ['--strict', '--kubernetes-version', version, file]).split('\n').filter(Boolean)
    const passed = said.filter((line) => line.startsWith('INFO ') && line.endsWith(`against version ${version}`))
    const unchecked = readManifests(text).length - passed.length
    const wrong = said.filter((line) => !passed.includes(line))
    return wrong.length === 0 && unchecked > 0 ? [`${unchecked} documents were not checked`] : wrong
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(packages: string, options: string[]): string {
  const env = { ...process.env, PYTHONPATH: packages }
  try {
    return execFileSync('python3', ['-m', 'kubernetes_validate', ...options], { env, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    return `${stdout}\n${stderr}`
  }
}

export function readManifests(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as Manifest | null) ?? [])
}
