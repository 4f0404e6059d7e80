import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RequestView } from '../../backend/app/api.ts'
import { freePort } from '../../scripts/postgres/free-port.ts'
import { followEvents, parseEvents, type StreamEvent } from '../support/events.ts'
import { startProduct, type Backend, type Product } from '../support/product.ts'
import { json, startProvider, type Provider } from '../support/provider.ts'
import { skippedWithout, testRedis } from '../support/redis.ts'

const redis = await testRedis()

/** EPSS allows a thousand calls a minute: no test waits for a limit that it is not about. */
const score = { data: [{ cve: '', epss: '0.5', percentile: '0.9', date: '2026-01-01' }] }
const cve = (round: number, n: number): string => `CVE-20${round}-${10_000 + n}`

/** A source's answers that wait until the test lets them go. */
function gate(): { held: Promise<void>; open: () => void } {
  let open = (): void => {}
  const held = new Promise<void>((resolve) => (open = resolve))
  return { held, open }
}

class Pair {
  readonly product: Product
  readonly epss: Provider
  readonly virustotal: Provider

  constructor(product: Product, epss: Provider, virustotal: Provider) {
    this.product = product
    this.epss = epss
    this.virustotal = virustotal
  }

  get a(): Backend {
    return this.product.backends[0]!
  }

  get b(): Backend {
    return this.product.backends[1]!
  }

  call(backend: Backend, path: string, init: { method?: string; json?: unknown } = {}): Promise<Response> {
    const { json: body, method = body === undefined ? 'GET' : 'POST' } = init
    return fetch(backend.url + path, {
      method,
      headers: { authorization: `Bearer ${this.product.admin.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  async ask(backend: Backend, body: object): Promise<RequestView> {
    const answer = await this.call(backend, '/api/v1/requests', { json: body })
    expect(answer.status, await answer.clone().text()).toBeLessThan(300)
    return (await answer.json()) as RequestView
  }

  async read(backend: Backend, id: string): Promise<RequestView> {
    return (await (await this.call(backend, `/api/v1/requests/${id}`)).json()) as RequestView
  }

  async readWhenDone(backend: Backend, id: string): Promise<RequestView> {
    await expect.poll(async () => (await this.read(backend, id)).state, { timeout: 90_000, interval: 100 }).toBe('done')
    return this.read(backend, id)
  }

  async configure(slug: string, baseUrl: string): Promise<void> {
    const answer = await this.call(this.a, `/api/v1/sources/${slug}`, {
      method: 'PATCH',
      json: { config: { baseUrl } },
    })
    expect(answer.status, await answer.clone().text()).toBe(200)
    await vi.waitFor(async () => {
      const seen = (await (await this.call(this.b, `/api/v1/sources/${slug}`)).json()) as {
        config: { baseUrl: string }
      }
      expect(seen.config.baseUrl).toBe(baseUrl)
    }, 3_000)
  }

  async stop(): Promise<void> {
    await this.product.stop()
    await this.epss.stop()
    await this.virustotal.stop()
  }
}

async function startPair(env: Record<string, string>): Promise<Pair> {
  const [epss, virustotal] = await Promise.all([startProvider(), startProvider()])
  const product = await startProduct({
    backends: 2,
    runners: { javascript: 1, python: 1 },
    runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' },
    env,
  })
  const pair = new Pair(product, epss, virustotal)
  await pair.configure('epss', epss.url)
  await pair.configure('virustotal', virustotal.url)
  return pair
}

const rowsOf = (
  events: StreamEvent[],
): { position: number; row: RequestView['indicators'][number]['rows'][number] }[] =>
  events.filter((one) => one.event === 'row').map((one) => one.data as never)

/** The last that a stream said of each row, as the request shows it. */
function expectSameAsView(events: StreamEvent[], view: RequestView): void {
  const last = new Map(rowsOf(events).map(({ position, row }) => [`${position} ${row.source.slug}`, row]))
  for (const item of view.indicators) {
    for (const row of item.rows)
      expect(last.get(`${item.position} ${row.source.slug}`), `${item.value} ${row.source.slug}`).toEqual(row)
  }
  expect(events.at(-1)).toMatchObject({ event: 'done', data: { id: view.id, counts: view.counts } })
}

function twoBackends(env: Record<string, string>): void {
  let pair: Pair
  beforeAll(async () => {
    pair = await startPair(env)
  }, 180_000)
  afterAll(() => pair?.stop())

  test('the same question, asked of both at once, makes one call', async () => {
    const { held, open } = gate()
    pair.epss.answer((_call, response) => void held.then(() => json(response, score)))
    const before = pair.epss.calls.length
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        pair.ask(n % 2 === 0 ? pair.a : pair.b, { indicators: [cve(20, 1)], sources: ['epss'] }),
      ),
    )
    await expect.poll(() => pair.epss.calls.length).toBe(before + 1)
    open()
    for (const [n, { id }] of asked.entries()) {
      const view = await pair.readWhenDone(n % 3 === 0 ? pair.a : pair.b, id)
      expect(view.indicators[0]!.rows[0]!.state).toBe('found')
    }
    expect(pair.epss.calls.length).toBe(before + 1)
  })

  test('the same two hundred indicators, asked of both at once: every row ends well, whatever the order', async () => {
    pair.epss.answer((_call, response) => json(response, score))
    const before = pair.epss.calls.length
    const indicators = Array.from({ length: 200 }, (_, n) => cve(21, n))
    for (const order of [indicators, indicators.toReversed()]) {
      const fresh = order !== indicators
      const [one, two] = await Promise.all([
        pair.ask(pair.a, { indicators, sources: ['epss', 'cve-form'], fresh }),
        pair.ask(pair.b, { indicators: order, sources: ['cve-form', 'epss'], fresh }),
      ])
      for (const { id } of [one, two]) {
        const view = await pair.readWhenDone(pair.a, id)
        const bad = view.indicators.flatMap((item) => item.rows.filter((row) => row.state !== 'found'))
        expect(bad.map((row) => row.reason)).toEqual([])
      }
    }
    expect(new Set(pair.epss.calls.slice(before).map((call) => call.path)).size).toBe(200)
  }, 120_000)

  test('a stream on B of what A runs shows the same rows and ends; polling is the same on both', async () => {
    const { held, open } = gate()
    pair.epss.answer((_call, response) => void held.then(() => json(response, score)))
    const indicators = [cve(22, 1), cve(22, 2), 'example.org']
    const { id } = await pair.ask(pair.a, { indicators, sources: ['epss', 'cve-form', 'domain-anatomy'] })
    const [onA, onB] = [followEvents(pair.product, id), followEvents(pair.product, id, undefined, pair.b.url)]
    await expect.poll(async () => (await pair.read(pair.b, id)).counts.running).toBe(2)
    open()
    const [fromA, fromB] = await Promise.all([onA, onB])
    const view = await pair.read(pair.a, id)
    expect(view.state).toBe('done')
    expect(await pair.read(pair.b, id)).toEqual(view)
    expectSameAsView(fromA, view)
    expectSameAsView(fromB, view)
    const verdicts = (events: StreamEvent[]) =>
      new Map(
        events
          .filter((one) => one.event === 'verdict')
          .map(({ data }) => [(data as { position: number }).position, data]),
      )
    expect(verdicts(fromB)).toEqual(verdicts(fromA))
  })

  test('a stream is resumed on the other one after the last id, and nothing is left out', async () => {
    const { held, open } = gate()
    pair.epss.answer((_call, response) => void held.then(() => json(response, score)))
    const { id } = await pair.ask(pair.a, {
      indicators: [cve(23, 1), cve(23, 2)],
      sources: ['epss', 'cve-form', 'history'],
    })
    await expect.poll(async () => (await pair.read(pair.a, id)).counts).toMatchObject({ queued: 0, running: 2 })
    const first = await readSome(pair, pair.a, id)
    const lastId = first.findLast((one) => one.id !== undefined)!.id!
    const rest = followEvents(pair.product, id, lastId, pair.b.url)
    open()
    const ids = (await rest).filter((one) => one.event === 'row').map((one) => Number(one.id))
    expect(Math.min(...ids)).toBeGreaterThan(Number(lastId))
    expect(ids).toEqual(ids.toSorted((x, y) => x - y))
    expectSameAsView([...first, ...(await rest)], await pair.readWhenDone(pair.b, id))
    const whole = await followEvents(pair.product, id, undefined, pair.b.url)
    const half = rowsOf(whole)[3]!.row.seq
    const again = await followEvents(pair.product, id, String(half))
    expect(rowsOf(again).map(({ row }) => row.seq)).toEqual(
      rowsOf(whole)
        .map(({ row }) => row.seq)
        .filter((seq) => seq > half),
    )
  })

  test('limits of a provider hold over both', async () => {
    expect(
      (
        await pair.call(pair.a, '/api/v1/sources/virustotal/secrets/apiKey', {
          method: 'PUT',
          json: { value: 'a-key-of-a-test', test: false },
        })
      ).status,
    ).toBeLessThan(300)
    await expect
      .poll(
        async () =>
          ((await (await pair.call(pair.b, '/api/v1/sources/virustotal')).json()) as { ready: boolean }).ready,
      )
      .toBe(true)
    pair.virustotal.answer((_call, response) => json(response, { error: { code: 'NotFoundError' } }, 404))
    const ask = (backend: Backend, n: number): Promise<RequestView> =>
      pair.ask(backend, {
        indicators: Array.from({ length: 8 }, (_, each) => `8.24.${n}.${each}`),
        sources: ['virustotal'],
        overQuota: 'skip',
        wait: true,
      })
    const views = await Promise.all([ask(pair.a, 1), ask(pair.b, 2), ask(pair.a, 3), ask(pair.b, 4)])
    const rows = views.flatMap((view) => view.indicators.flatMap((item) => item.rows))
    expect(pair.virustotal.calls.length).toBe(4)
    expect(rows.filter((row) => row.state === 'not-found').length).toBe(4)
    expect(rows.filter((row) => row.reason?.code === 'quota-exhausted').length).toBe(28)
  })

  test('a source switched off at A is switched off at B, and the other way round', async () => {
    for (const [here, there] of [
      [pair.a, pair.b],
      [pair.b, pair.a],
    ] as const) {
      for (const enabled of [false, true]) {
        await pair.call(here, '/api/v1/sources/address-class', { method: 'PATCH', json: { enabled } })
        await expect
          .poll(
            async () =>
              ((await (await pair.call(there, '/api/v1/sources/address-class')).json()) as { enabled: boolean })
                .enabled,
            { timeout: 3_000 },
          )
          .toBe(enabled)
      }
    }
  })

  test('a follower who goes away in the middle does no harm, and many follow at once', async () => {
    const { held, open } = gate()
    pair.epss.answer((_call, response) => void held.then(() => json(response, score)))
    const { id } = await pair.ask(pair.a, { indicators: [cve(25, 1)], sources: ['epss', 'cve-form'] })
    for (const backend of [pair.a, pair.b])
      await Promise.all(Array.from({ length: 20 }, () => readSome(pair, backend, id)))
    const followers = [pair.a, pair.b].flatMap((backend) =>
      Array.from({ length: 20 }, () => followEvents(pair.product, id, undefined, backend.url)),
    )
    open()
    const view = await pair.readWhenDone(pair.b, id)
    for (const events of await Promise.all(followers)) expectSameAsView(events, view)
  })

  test('A is killed in the middle of a hundred indicators: B ends it, a stream on B goes on, nothing is lost or doubled', async () => {
    const indicators = Array.from({ length: 100 }, (_, n) => cve(26, n))
    pair.epss.answer((_call, response) => void setTimeout(() => json(response, score), 300))
    const { id } = await pair.ask(pair.a, { indicators, tlp: 'AMBER', sources: ['epss', 'cve-form', 'history'] })
    const stream = followEvents(pair.product, id, undefined, pair.b.url)
    await expect.poll(async () => (await pair.read(pair.b, id)).counts.found, { interval: 20 }).toBeGreaterThan(10)
    await pair.a.kill()
    const events = await stream
    const view = await pair.read(pair.b, id)
    expect(view.state).toBe('done')
    expectSameAsView(events, view)
    expect(view.indicators.flatMap((item) => item.rows.filter((row) => row.state === 'failed'))).toEqual([])
    const sql = postgres(pair.product.databaseUrl, { max: 1, onnotice: () => {} })
    const [stored] = await sql`
      select count(*)::int as outcomes, count(distinct (position, source_id))::int as places,
        count(*) filter (where state in ('queued', 'running'))::int as open,
        count(*) filter (where answer_id is not null and not exists (select from enrichment.answers a where a.id = o.answer_id))::int as lost
      from enrichment.outcomes o where request_id = ${id}`
    await sql.end()
    expect(stored).toEqual({ outcomes: view.counts.rows, places: view.counts.rows, open: 0, lost: 0 })
    await pair.a.start()
    expect(await pair.read(pair.a, id)).toEqual(view)
  }, 120_000)

  test('A sleeps so long that B takes it for dead: B ends its request, and when A wakes both tell the same', async () => {
    const indicators = Array.from({ length: 100 }, (_, n) => cve(18, n))
    pair.epss.answer((_call, response) => void setTimeout(() => json(response, score), 300))
    const { id } = await pair.ask(pair.a, { indicators, sources: ['epss', 'cve-form', 'history'] })
    const streams = [pair.a, pair.b].map((backend) => followEvents(pair.product, id, undefined, backend.url))
    await expect.poll(async () => (await pair.read(pair.b, id)).counts.found, { interval: 20 }).toBeGreaterThan(10)
    process.kill(pair.a.pid, 'SIGSTOP')
    try {
      await pair.readWhenDone(pair.b, id)
    } finally {
      process.kill(pair.a.pid, 'SIGCONT')
    }
    const ended = await Promise.all(streams)
    await expect.poll(async () => (await pair.read(pair.a, id)).state).toBe('done')
    const view = await pair.read(pair.b, id)
    for (const events of ended) expectSameAsView(events, view)
    expect(await pair.read(pair.a, id)).toEqual(view)
    const next = await pair.ask(pair.a, { indicators: [cve(16, 1)], sources: ['epss', 'cve-form'], wait: true })
    expect(next.counts).toMatchObject({ found: 2 })
  }, 120_000)

  test('A is stopped kindly in the middle: it goes at once, and B ends its request', async () => {
    const { held, open } = gate()
    pair.epss.answer((_call, response) => void held.then(() => json(response, score)))
    const { id } = await pair.ask(pair.a, { indicators: [cve(17, 1), cve(17, 2)], sources: ['epss'] })
    const waiting = pair.call(pair.a, '/api/v1/requests', {
      json: { indicators: [cve(17, 3)], sources: ['epss'], wait: true },
    })
    const onA = followEvents(pair.product, id).catch((error: unknown) => error)
    await expect.poll(async () => (await pair.read(pair.b, id)).counts.running).toBe(2)
    await pair.a.stop()
    expect((await waiting).status).toBe(503)
    expect(await onA).toBeInstanceOf(Error)
    open()
    const view = await pair.readWhenDone(pair.b, id)
    expect(view.counts.found).toBe(2)
    await pair.a.start()
  }, 120_000)

  test('nothing of all this was a failure that nobody expected', () => {
    const unexpected = pair.product.backends.flatMap(({ output }) =>
      output.filter((line) => /"level":50|unhandled|^\s+at |deadlock/i.test(line)),
    )
    expect(unexpected).toEqual([])
  })
}

/** What a stream says at once, until its first counts; then the reader goes away. */
async function readSome(pair: Pair, backend: Backend, id: string): Promise<StreamEvent[]> {
  const going = new AbortController()
  const answer = await fetch(`${backend.url}/api/v1/requests/${id}/events`, {
    headers: { authorization: `Bearer ${pair.product.admin.token}` },
    signal: going.signal,
  })
  let text = ''
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('event: counts')) break
  }
  going.abort()
  return parseEvents(text.slice(0, text.lastIndexOf('\n\n')))
}

describe('two backends on one database, without Redis', () => {
  twoBackends({})
})

describe.skipIf(redis === null)(`two backends on one database, with Redis${skippedWithout(redis)}`, () => {
  afterAll(() => redis?.stop())
  twoBackends({ REDIS_URL: redis?.url ?? '' })
})

describe.skipIf(redis === null)('Redis is killed in the middle', () => {
  let pair: Pair
  let server: ChildProcess
  let port: number

  async function startRedis(): Promise<void> {
    server = spawn(
      process.env['REDIS_TEST_SERVER'] ?? 'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    await new Promise<void>((resolve) =>
      server.stdout!.on('data', (text: Buffer) => text.includes('Ready to accept') && resolve()),
    )
  }

  const readiness = async (
    backend: Backend,
  ): Promise<{ status: number; state: string; redis: boolean | undefined }> => {
    const answer = await fetch(`${backend.url}/readyz`)
    const body = (await answer.json()) as { status: string; checks: { name: string; ok: boolean }[] }
    return { status: answer.status, state: body.status, redis: body.checks.find((check) => check.name === 'redis')?.ok }
  }

  beforeAll(async () => {
    port = await freePort()
    await startRedis()
    pair = await startPair({ REDIS_URL: `redis://127.0.0.1:${port}` })
  }, 180_000)

  afterAll(async () => {
    await pair?.stop()
    server?.kill('SIGKILL')
  })

  test('requests end, readiness names it and stays ready, calls are still shared, and it recovers', async () => {
    const { held, open } = gate()
    pair.epss.answer((_call, response) => void held.then(() => json(response, score)))
    const one = await pair.ask(pair.a, { indicators: [cve(19, 1)], sources: ['epss', 'cve-form'] })
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
    const two = await pair.ask(pair.b, { indicators: [cve(19, 1), cve(19, 2)], sources: ['epss', 'cve-form'] })
    for (const backend of [pair.a, pair.b])
      await expect.poll(() => readiness(backend)).toEqual({ status: 200, state: 'degraded', redis: false })
    open()
    for (const { id } of [one, two]) {
      const view = await pair.readWhenDone(pair.a, id)
      expect(view.counts).toMatchObject({ found: view.counts.rows })
    }
    expect(pair.epss.calls.filter((call) => call.path.includes(cve(19, 1))).length).toBe(1)
    await startRedis()
    for (const backend of [pair.a, pair.b])
      await expect
        .poll(() => readiness(backend), { timeout: 10_000 })
        .toEqual({ status: 200, state: 'ready', redis: true })
    await pair.ask(pair.a, { indicators: [cve(19, 3)], sources: ['epss'], wait: true })
    const cached = await pair.ask(pair.b, { indicators: [cve(19, 3)], sources: ['epss'], wait: true })
    expect(cached.indicators[0]!.rows[0]!.cached).not.toBeNull()
  }, 60_000)
})
