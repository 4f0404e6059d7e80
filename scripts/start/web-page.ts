import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError, type Progress } from './progress.ts'
import { repository, type Settings } from './settings.ts'

const frontend = join(repository, 'frontend')
const dist = join(frontend, 'dist')
const stamp = join(dist, '.sources')

/** Whether the built page is missing or was built from other sources. */
export function isPageStale(): boolean {
  if (!existsSync(join(frontend, 'index.html'))) return false
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hashOfSources()
}

/** Builds the page aside and swaps it in whole, so that neither a running backend nor a second build meets half a page. */
export async function buildPage(settings: Settings, progress: Progress, stop: AbortSignal): Promise<void> {
  progress('building the web page (only when its sources changed)')
  const draft = `${dist}.${process.pid}.tmp`
  const hash = hashOfSources()
  try {
    await runVite(draft, settings, stop)
    writeFileSync(join(draft, '.sources'), hash)
    const old = `${dist}.${process.pid}.old`
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(draft, dist)
    rmSync(old, { recursive: true, force: true })
    progress('the web page is built')
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function runVite(outDir: string, settings: Settings, stop: AbortSignal): Promise<void> {
  const program = join(repository, 'node_modules/vite/bin/vite.js')
  const args = [program, 'build', frontend, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'error']
  const child = spawn(process.execPath, args, {
    cwd: repository,
    env: settings.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stop,
  })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (words += text.toString()))
  const code = await new Promise<number>((resolve) =>
    child.once('error', () => resolve(1)).once('exit', (status) => resolve(status ?? 1)),
  )
  if (code !== 0)
    throw new StartError(`The web page could not be built (vite build, exit code ${code}):\n${words.trim()}`)
}

function hashOfSources(): string {
  const hash = createHash('sha256').update(readFileSync(join(repository, 'package-lock.json')))
  const entries = readdirSync(frontend, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) {
    const name = file.slice(frontend.length + 1)
    if (/^(dist|node_modules)[./]/.test(name)) continue
    hash.update(`${name}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}
