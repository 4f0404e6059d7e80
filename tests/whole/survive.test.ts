import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestView } from '../../backend/app/api.ts'
import type { PostgresServer } from '../../scripts/postgres/index.ts'
import { followEvents } from '../support/events.ts'
import { startPostgres } from '../support/postgres.ts'
import { startProduct, type Product } from '../support/product.ts'
import { json, startProvider, type Provider } from '../support/provider.ts'

/** Two hundred indicators of several kinds, none seen before: `round` makes them others each time. */
function twoHundred(round: number): string[] {
  return Array.from({ length: 200 }, (_, n) => {
    if (n % 4 === 0) return `host-${n}.round-${round}.org`
    if (n % 4 === 1) return `https://site-${n}.round-${round}.net/login.php?id=${n}`
    return `45.${round + 10}.${n}.${(n * 7) % 250}`
  })
}

let directory: string
let database: PostgresServer
let product: Product
let slow: Provider

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'indag-survive-'))
  database = await startPostgres(directory)
  slow = await startProvider()
  // Slow enough that a kill always falls into the middle, whatever the machine.
  slow.answer(
    (_call, response) =>
      void setTimeout(() => json(response, { noise: false, riot: false, message: 'Success', ip: '' }), 40),
  )
  product = await startProduct({
    databaseUrl: database.url,
    runners: { javascript: 2, python: 1 },
    runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' },
  })
}, 180_000)

afterAll(async () => {
  await product?.stop()
  await slow?.stop()
  await database?.stop()
  await rm(directory, { recursive: true, force: true })
})

async function accept(round: number, sources?: string[]): Promise<RequestView> {
  const answer = await product.api('/api/v1/requests', {
    json: { indicators: twoHundred(round), tlp: 'RED', ...(sources ? { sources } : {}) },
  })
  expect(answer.status, await answer.clone().text()).toBe(202)
  return (await answer.json()) as RequestView
}

/** The request as the API tells it; null while the backend or its database is away. */
async function read(id: string): Promise<RequestView | null> {
  const answer = await product.api(`/api/v1/requests/${id}`).catch(() => null)
  return answer?.ok ? ((await answer.json()) as RequestView) : null
}

async function expectEnd(id: string): Promise<RequestView> {
  await expect.poll(async () => (await read(id))?.state, { timeout: 90_000, interval: 200 }).toBe('done')
  return (await read(id))!
}

/** Every row ended, none lost, none doubled: in the view and in the tables. */
async function expectWhole(view: RequestView): Promise<void> {
  const rows = view.indicators.flatMap((item) => item.rows)
  expect(view.indicators.length).toBe(200)
  expect(rows.length).toBe(view.counts.rows)
  expect(rows.filter((row) => row.state === 'queued' || row.state === 'running')).toEqual([])
  const sql = postgres(database.url, { max: 1, onnotice: () => {} })
  try {
    const [stored] = await sql`
      select count(*)::int as outcomes, count(distinct (position, source_id))::int as places
      from enrichment.outcomes where request_id = ${view.id}`
    expect(stored).toEqual({ outcomes: rows.length, places: rows.length })
    const doubled = await sql`
      select kind, value, source_slug, count(*)::int from enrichment.answers
      where id in (select answer_id from enrichment.outcomes where request_id = ${view.id})
      group by 1, 2, 3 having count(*) > 1`
    expect(doubled).toEqual([])
    const lost = await sql`
      select o.position from enrichment.outcomes o
      where o.request_id = ${view.id} and o.state in ('found', 'not-found')
        and not exists (select from enrichment.answers a where a.id = o.answer_id)`
    expect(lost).toEqual([])
    const [kept] = await sql`select count(*)::int as requests from enrichment.requests where id = ${view.id}`
    expect(kept).toEqual({ requests: 1 })
  } finally {
    await sql.end()
  }
}

/** Resolves when some rows have ended and some have not: the moment for a kill. */
async function midway(id: string): Promise<void> {
  await expect
    .poll(
      async () => {
        const counts = (await read(id))?.counts
        return counts !== undefined && counts.found + counts.notFound > 20 && counts.queued + counts.running > 20
      },
      { timeout: 30_000, interval: 5 },
    )
    .toBe(true)
}

describe('a request of 200 indicators ends, with nothing lost and nothing doubled, when', () => {
  test('one of two runners is killed in the middle, and no answer fails for it', async () => {
    const { id } = await accept(1)
    await midway(id)
    await product.runners[0]!.kill()
    const view = await expectEnd(id)
    await expectWhole(view)
    expect(
      view.indicators
        .flatMap((item) => item.rows)
        .filter((row) => row.state === 'failed' && row.source.exposure === 'local'),
    ).toEqual([])
  }, 180_000)

  test('the backend is killed in the middle and started again', async () => {
    const { id } = await accept(2)
    await midway(id)
    await product.backends[0]!.kill()
    await product.backends[0]!.start()
    await expectWhole(await expectEnd(id))
    expect((await followEvents(product, id)).at(-1)?.event).toBe('done')
  }, 180_000)

  test('PostgreSQL is killed in the middle and comes back', async () => {
    const { id } = await accept(3)
    await midway(id)
    process.kill(database.pid, 'SIGKILL')
    await database.exited
    database = await startPostgres(directory)
    await expectWhole(await expectEnd(id))
  }, 180_000)

  test('the backend is killed right after it accepted', async () => {
    const { id } = await accept(4)
    await product.backends[0]!.kill()
    await product.backends[0]!.start()
    await expectWhole(await expectEnd(id))
  }, 180_000)

  test('the last runner of a language is killed: its rows end by saying so', async () => {
    const { id } = await accept(5)
    await midway(id)
    await product.runners[1]!.kill()
    const view = await expectEnd(id)
    await expectWhole(view)
    const failed = view.indicators
      .flatMap((item) => item.rows)
      .filter((row) => row.state === 'failed' && row.source.exposure === 'local')
    expect(new Set(failed.map((row) => row.reason?.code))).toEqual(new Set(['runner-unavailable']))
  }, 180_000)
})
