import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgres } from '../../../../backend/foundation/index.ts'
import type { Postgres } from '../../../../backend/foundation/index.ts'
import { startPostgres } from '../../../support/postgres.ts'

// What no caller can catch, such as an error in a timer of the driver, fails the run: vitest reports it. The driver's own sockets do so here.
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'indag-lost-'))
})
afterAll(() => rm(directory, { recursive: true }))

const LOST = new Set(['CONNECTION_CLOSED', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', '57P01', '57P03'])
const codeOf = (error: unknown) => String((error as { code?: unknown }).code)

/** Short transactions one after the other, until told to stop; the codes of those that failed. */
async function work(sql: Postgres, thinkMs: number, signal: AbortSignal): Promise<string[]> {
  const failures: string[] = []
  while (!signal.aborted) {
    try {
      await sql.begin(async (tx) => {
        await tx`select 1`
        await sleep(thinkMs)
        await tx`select ${thinkMs}::int`
        await tx`select pg_sleep(0.005)`
      })
    } catch (error) {
      failures.push(codeOf(error))
      await sleep(20)
    }
  }
  return failures
}

describe('a server that goes away', () => {
  it.each<[string, NodeJS.Signals]>([
    ['killed', 'SIGKILL'],
    ['stopped in order', 'SIGINT'],
  ])('fails the transactions under way when it is %s, none hangs, and the next ones go through', async (_, signal) => {
    const first = await startPostgres(directory)
    const sql = openPostgres(first.url, { connections: 6 })
    const over = new AbortController()
    const workers = [0, 0, 0, 60, 120, 180].map((thinkMs) => work(sql, thinkMs, over.signal))
    await sleep(500)
    process.kill(first.pid, signal)
    await sleep(1_000)
    const second = await startPostgres(directory)
    await expect.poll(async () => sql`select 1`.then(() => 'answers', codeOf), { timeout: 10_000 }).toBe('answers')
    over.abort()
    for (const failures of await Promise.all(workers)) {
      expect(failures.length).toBeGreaterThan(0)
      expect(failures.filter((code) => !LOST.has(code))).toEqual([])
    }
    await sql.end({ timeout: 1 })
    await second.stop()
  })

  it('a single connection whose process is ended is replaced, and the others go on', async () => {
    const server = await startPostgres(directory)
    const sql = openPostgres(server.url, { connections: 2 })
    const other = openPostgres(server.url, { connections: 1 })
    const lost = sql.begin(async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
      await other`select pg_terminate_backend(${row!.pid})`
      await sleep(100)
      return tx`select 1`
    })
    expect(await lost.then(() => 'went through', codeOf)).toMatch(/^(CONNECTION_CLOSED|57P01)$/)
    for (let n = 0; n < 5; n += 1) expect(await sql`select ${n}::int as n`).toEqual([{ n }])
    await Promise.all([sql.end({ timeout: 1 }), other.end({ timeout: 1 })])
    await server.stop()
  })

  it('leaves no connection behind when it is closed in order, and refuses what comes after', async () => {
    const server = await startPostgres(directory)
    const sql = openPostgres(server.url, { connections: 2, applicationName: 'closing' })
    const other = openPostgres(server.url, { connections: 1 })
    const count = async () =>
      (
        await other<{ n: number }[]>`select count(*)::int as n from pg_stat_activity where application_name = 'closing'`
      )[0]?.n
    await sql`select 1`
    expect(await count()).toBe(1)
    await sql.end()
    await expect.poll(count).toBe(0)
    await expect(sql`select 1`).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
    await other.end()
    await server.stop()
  })
})
