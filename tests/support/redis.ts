import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../scripts/postgres/free-port.ts'

export type TestRedis = { url: string; stop(): Promise<void> }

/**
 * A real redis-server of one's own, or null when none is installed: then the suite says so by its name,
 * ``describe.skipIf(!redis)(`with Redis${skippedWithout(redis)}`, ...)``.
 * `atPort` brings a killed one back at its address, with nothing in it.
 * In CI (`CI` is set) a missing redis-server is a failure. Set REDIS_TEST_SERVER to name another program.
 */
export async function testRedis(atPort?: number): Promise<TestRedis | null> {
  const program = process.env['REDIS_TEST_SERVER'] ?? 'redis-server'
  const directory = await mkdtemp(join(tmpdir(), 'indag-test-redis-'))
  const port = atPort ?? (await freePort())
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory]
  const server = spawn(program, flags, { stdio: ['ignore', 'pipe', 'ignore'] })
  const remove = () => rm(directory, { recursive: true, force: true })
  const state = await new Promise<'ready' | 'absent' | 'exited'>((resolve) => {
    server.once('error', () => resolve('absent'))
    server.once('exit', () => resolve('exited'))
    server.stdout.on('data', (text: Buffer) => {
      if (/Ready to accept connections/i.test(text.toString())) resolve('ready')
    })
  })
  if (state === 'ready') {
    const kill = () => server.kill('SIGKILL')
    process.once('exit', kill)
    const stop = async () => {
      process.off('exit', kill)
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM')
        await once(server, 'exit')
      }
      await remove()
    }
    return { url: `redis://127.0.0.1:${port}`, stop }
  }
  await remove()
  if (state === 'exited') throw new Error('redis-server was found but did not start')
  if (process.env['CI']) throw new Error('redis-server is not installed, and in CI the Redis tests must run')
  return null
}

/** What the name of a suite that needs Redis says when there is none. */
export const skippedWithout = (redis: unknown): string => (redis ? '' : ' (skipped: no redis-server is installed)')
