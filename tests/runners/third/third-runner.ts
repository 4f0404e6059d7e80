import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const thirdFolder = import.meta.dirname
export const thirdPrograms = join(thirdFolder, 'programs')

const hasGo = spawnSync('go', ['version']).status === 0
/** Named in the title of what is skipped; in CI nothing is, so that a missing Go fails there. */
export const skipThird = !hasGo && process.env['CI'] === undefined
export const whySkipped = skipThird ? ' (skipped: go is not installed)' : ''

export type ThirdRunner = { address: string; token: string; stop(): Promise<void> }

/** Any Go command in the folder of the runner. Modules come from the module cache, or once from the proxy. */
export function go(...args: string[]): string {
  const env = { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' }
  return execFileSync('go', args, { cwd: thirdFolder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The built program, outside of the tree; `remove` deletes it. */
export function buildThird(): { program: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'indag-third-'))
  const program = join(folder, 'runner')
  go('build', '-o', program, '.')
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export async function startThird(program: string, env: Record<string, string> = {}): Promise<ThirdRunner> {
  const token = 'token-of-the-third'
  const child = spawn(program, [], {
    env: { INDAG_RUNNER_LISTEN: '127.0.0.1:0', INDAG_RUNNER_TOKEN: token, INDAG_EXIT_WITH_PARENT: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { address } = JSON.parse(line) as { address: string }
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
  }
  return { address, token, stop }
}
