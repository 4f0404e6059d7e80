import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

export type Copy = { sources: string[]; target: string; from: string | null }
export type Stage = { name: string; base: string; copies: Copy[]; lines: string[] }

/** The stages of a Dockerfile, with what each copies. Knows the instructions that ours use. */
export function readDockerfile(path: string): Stage[] {
  const text = readFileSync(join(repository, path), 'utf8').replaceAll('\\\n', ' ')
  const stages: Stage[] = []
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [instruction, ...words] = line.trim().split(/\s+/)
    if (instruction === 'FROM') stages.push({ base: words[0]!, name: words[2] ?? '', copies: [], lines: [] })
    else if (instruction === 'COPY') stages.at(-1)!.copies.push(readCopy(words))
    stages.at(-1)!.lines.push(line)
  }
  return stages
}

function readCopy(words: string[]): Copy {
  const from = words[0]!.startsWith('--from=') ? words.shift()!.slice('--from='.length) : null
  return { sources: words.slice(0, -1), target: words.at(-1)!, from }
}

/** Whether a path of the repository goes to a build: the last pattern of .dockerignore that matches it, or a folder above it, decides. */
export function isSent(path: string): boolean {
  const patterns = readFileSync(join(repository, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const above = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))
  let sent = true
  for (const pattern of patterns) {
    const bare = pattern.replace(/^!/, '')
    if (above.some((one) => expression(bare).test(one))) sent = pattern.startsWith('!')
  }
  return sent
}

/** `*` is anything within a name, dots included; a leading `**` is any folder. */
function expression(pattern: string): RegExp {
  const parts = pattern
    .split(/(\*\*\/|\*)/)
    .map((part) => (part === '**/' ? '(.*/)?' : part === '*' ? '[^/]*' : RegExp.escape(part)))
  return new RegExp(`^${parts.join('')}$`)
}

/**
 * Lays out what a stage of a Dockerfile holds below its working folder, from the repository, as a build would: nothing that it does
 * not copy is there. What `npm ci` brings is linked, without development packages when the Dockerfile leaves them out.
 */
export function layOutStage(stages: Stage[], name: string, folder: string): void {
  const stage = stages.find((one) => one.name === name)!
  const below = stages.find((one) => one.name === stage.base)
  if (below) layOutStage(stages, below.name, folder)
  for (const { sources, target, from } of stage.copies) {
    if (isAbsolute(target)) continue
    if (from !== null) {
      const whole = !stages.find((one) => one.name === from)!.lines.some((line) => line.includes('npm ci --omit=dev'))
      linkPackages(folder, whole)
    } else
      for (const source of sources)
        copyIn(
          source,
          join(folder, sources.length > 1 || target.endsWith('/') ? join(target, source.split('/').at(-1)!) : target),
        )
  }
  if (stage.lines.some((line) => /^RUN npm ci( |$)/.test(line)))
    linkPackages(folder, !stage.lines.join().includes('--omit=dev'))
}

function copyIn(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  cpSync(join(repository, source), target, {
    recursive: true,
    filter: (path) => isSent(relative(repository, path)),
  })
}

/** node_modules of links: packages to the installed ones, our own workspaces to the folders that were copied. */
function linkPackages(folder: string, whole: boolean): void {
  const target = join(folder, 'node_modules')
  if (existsSync(target)) return
  const locked = (
    JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean; link?: boolean; resolved?: string }>
    }
  ).packages
  for (const [path, entry] of Object.entries(locked)) {
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || (entry.dev && !whole) || !existsSync(join(repository, path)))
      continue
    const link = join(folder, path)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(entry.link ? resolve(folder, entry.resolved!) : join(repository, path), link)
  }
  if (!whole) return
  mkdirSync(join(target, '.bin'))
  for (const name of readdirSync(join(repository, 'node_modules/.bin'))) {
    const tool = join(repository, 'node_modules/.bin', name)
    if (lstatSync(tool).isSymbolicLink())
      symlinkSync(resolve(dirname(tool), readlinkSync(tool)), join(target, '.bin', name))
  }
}
