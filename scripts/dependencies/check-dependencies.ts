import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository, type ToolResult } from '../run-tool.ts'
import { decided } from './decided.ts'
import { judgeAdvisories } from './judge-advisories.ts'
import { judgeLock, type Lock } from './judge-lock.ts'
import { judgeManifests, type Manifest } from './judge-manifests.ts'

const longestAuditMs = 60_000

/** Judges the dependencies of this repository; needs the network only for advisories, and says when they were not asked. */
export function checkDependencies(): ToolResult {
  const lock = readJson('package-lock.json') as Lock
  const root = readJson('package.json') as Manifest & { workspaces: string[] }
  const manifests = Object.fromEntries(
    ['', ...root.workspaces].map((folder) => [folder, readJson(join(folder, 'package.json')) as Manifest]),
  )
  const advisories = judgeAdvisories(askAdvisories())
  const faults = [
    ...judgeManifests(manifests, (lock.packages[''] ?? {}) as Manifest),
    ...judgeLock(lock, root.workspaces, decided, licenceOf),
    ...(advisories.asked ? advisories.faults : []),
  ]
  const note = advisories.asked ? 'advisories asked' : `advisories were not asked: ${advisories.why}`
  return { ok: faults.length === 0, output: faults.join('\n'), note }
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(repository, path), 'utf8'))

function licenceOf(path: string): string | undefined {
  const manifest = join(path, 'package.json')
  if (!existsSync(join(repository, manifest))) return undefined
  const { license } = readJson(manifest) as { license?: unknown }
  return typeof license === 'string' ? license : undefined
}

/** What npm prints, whatever it is: it fails for advisories and for an absent registry alike. */
function askAdvisories(): string {
  const flags = ['--json', '--omit=dev', '--fetch-retries=0', '--fetch-timeout=20000', '--loglevel=silent']
  const result = spawnSync('npm', ['audit', ...flags], { cwd: repository, encoding: 'utf8', timeout: longestAuditMs })
  return result.stdout ?? ''
}
