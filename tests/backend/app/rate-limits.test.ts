import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freePort } from '../../../scripts/postgres/free-port.ts'
import { startProduct, type Product } from '../../support/product.ts'
import { testRedis, type TestRedis, skippedWithout } from '../../support/redis.ts'
import { expectProblem } from './operations.ts'

/** A window of a day: none ends during a test, but at midnight UTC. */
const day = 86_400
const json = { 'content-type': 'application/json' }

type Ready = { status: string; checks: { name: string; ok: boolean; detail: string }[] }

async function tokenOf(product: Product, name: string): Promise<Record<string, string>> {
  const scopes = ['requests:read', 'requests:write']
  const answer = await product.api('/api/v1/api-tokens', { json: { name, scopes } })
  expect(answer.status).toBe(201)
  return { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` }
}

const readiness = async (url: string): Promise<Ready> => (await (await fetch(`${url}/readyz`)).json()) as Ready

describe('one backend', () => {
  let product: Product

  beforeAll(async () => {
    product = await startProduct({
      runners: { javascript: 1, python: 0 },
      env: {
        INDAG_RATE_LIMITS: `read.token=5/${day},ask.token=20/${day},extract.token=10/${day},sign-in.address=8/${day}`,
      },
    })
  }, 120_000)

  afterAll(() => product?.stop())

  const post = (path: string, headers: Record<string, string>, body: object): Promise<Response> =>
    fetch(product.url + path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })
  const ask = (headers: Record<string, string>, many: number): Promise<Response> =>
    post('/api/v1/requests', headers, {
      indicators: Array.from({ length: many }, (_, index) => `192.0.2.${index}`),
      tlp: 'RED',
    })

  test('tells on every answer which limits hold and how much is left of the tightest', async () => {
    const headers = await tokenOf(product, 'reader')
    const answer = await fetch(`${product.url}/api/v1/requests`, { headers })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ratelimit')).toMatch(/^"read-token";r=4;t=\d+$/)
    const policies = answer.headers.get('ratelimit-policy')!.split(', ')
    expect(policies).toContain(`"read-token";q=5;w=${day}`)
    expect(policies.map((policy) => policy.split(';')[0])).toEqual([
      '"read-address"',
      '"read-user"',
      '"read-token"',
      '"read-organization"',
    ])
  })

  test('refuses beyond a limit with 429 that names the limit and when it begins anew; others go on', async () => {
    const headers = await tokenOf(product, 'busy reader')
    for (let call = 0; call < 5; call += 1)
      expect((await fetch(`${product.url}/api/v1/requests`, { headers })).status).toBe(200)
    const answer = await fetch(`${product.url}/api/v1/requests`, { headers })
    const retryAfter = Number(answer.headers.get('retry-after'))
    expect(answer.headers.get('ratelimit')).toMatch(/^"read-token";r=0;t=\d+$/)
    const problem = await expectProblem(answer, 'too many')
    expect(problem).toMatchObject({ status: 429, code: 'rate-limited' })
    expect(problem.detail).toMatch(
      /"read-token" allows this API token 5 requests in 86400 s.*begins anew in \d+ s, at 2\d{3}-/,
    )
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(day)
    // What is not a read has its own budget, and so has another token.
    expect((await ask(headers, 1)).status).toBe(202)
    const other = await tokenOf(product, 'other reader')
    expect((await fetch(`${product.url}/api/v1/requests`, { headers: other })).status).toBe(200)
  })

  test('a question costs as many points as it has indicators, and is not kept when it does not fit', async () => {
    const headers = await tokenOf(product, 'asker')
    const first = await ask(headers, 15)
    expect(first.status).toBe(202)
    expect(first.headers.get('ratelimit')).toMatch(/^"ask-token";r=5;/)
    const refused = await expectProblem(await ask(headers, 6), 'six of five')
    expect(refused).toMatchObject({ status: 429, code: 'rate-limited' })
    const listed = (await (await fetch(`${product.url}/api/v1/requests`, { headers })).json()) as {
      items: { counts: { indicators: number } }[]
    }
    expect(listed.items.map((item) => item.counts.indicators)).not.toContain(6)
    const tooMany = await expectProblem(await ask(await tokenOf(product, 'eager'), 21), 'never fits')
    expect(tooMany.detail).toContain('never fits')
  })

  test('a long text costs more to extract from than a short one', async () => {
    const headers = await tokenOf(product, 'extractor')
    const answer = await post('/api/v1/indicators/extract', headers, { text: 'x '.repeat(35_000) })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ratelimit')).toMatch(/^"extract-token";r=2;/)
  })

  test('attempts to sign in are counted for their address, whoever is meant', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const answer = await post(
        '/auth/sign-in',
        {},
        { email: `nobody${attempt}@indag.test`, password: 'wrong password here' },
      )
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([...Array<number>(8).fill(401), 429])
    expect((await product.api('/api/v1/me')).status).toBe(200)
  })

  test('says in its readiness that the limits are counted together', async () => {
    const { checks } = await readiness(product.url)
    expect(checks.find((check) => check.name === 'rate limits')).toMatchObject({ ok: true })
  })
})

const redisPort = await freePort()
const redis = await testRedis(redisPort)

/** How many of these calls, to either backend in turn, are let through before both refuse. */
async function allowedOf(product: Product, headers: Record<string, string>): Promise<number> {
  let allowed = 0
  await vi.waitFor(
    async () => {
      const statuses: number[] = []
      for (const { url } of product.backends) {
        const answer = await fetch(`${url}/api/v1/requests?limit=1`, { headers })
        await answer.text()
        statuses.push(answer.status)
      }
      allowed += statuses.filter((status) => status === 200).length
      expect(statuses).toEqual([429, 429])
    },
    { timeout: 60_000, interval: 5 },
  )
  return allowed
}

describe('two backends without Redis', () => {
  let product: Product

  beforeAll(async () => {
    product = await startProduct({
      backends: 2,
      runners: { javascript: 1, python: 0 },
      env: { INDAG_RATE_LIMITS: `read.token=60/${day},read.address=0,read.user=0,read.organization=0` },
    })
  }, 120_000)

  afterAll(() => product?.stop())

  test('hold one limit together by PostgreSQL', async () => {
    const allowed = await allowedOf(product, await tokenOf(product, 'of both'))
    expect(allowed).toBeGreaterThanOrEqual(60)
    // Each by itself would have allowed 60.
    expect(allowed).toBeLessThan(120)
  })
})

describe.skipIf(!redis)(`two backends with Redis${skippedWithout(redis)}`, () => {
  let product: Product
  let server: TestRedis

  beforeAll(async () => {
    server = redis!
    product = await startProduct({
      backends: 2,
      runners: { javascript: 1, python: 0 },
      env: {
        REDIS_URL: `redis://127.0.0.1:${redisPort}`,
        INDAG_RATE_LIMITS: `read.token=60/${day},read.address=0,read.user=0,read.organization=0`,
      },
    })
  }, 120_000)

  afterAll(async () => {
    await product?.stop()
    await server?.stop()
  })

  test('hold one limit together; while Redis is away limits still hold, nothing is lost, readiness says so; it comes back by itself', async () => {
    const first = await tokenOf(product, 'before')
    const before = await allowedOf(product, first)
    expect(before).toBeGreaterThanOrEqual(60)
    expect(before).toBeLessThan(120)

    await server.stop()
    const away = await tokenOf(product, 'while it is away')
    // Each process counts by itself.
    expect(await allowedOf(product, away)).toBe(120)
    // What was used up before is still used up.
    for (const { url } of product.backends)
      expect((await fetch(`${url}/api/v1/requests`, { headers: first })).status).toBe(429)
    const accepted = await product.api('/api/v1/requests', {
      json: { indicators: ['192.0.2.1'], tlp: 'RED', wait: true },
    })
    expect(accepted.status).toBe(200)
    await vi.waitFor(async () => {
      const { status, checks } = await readiness(product.url)
      expect(status).toBe('degraded')
      expect(checks.filter((check) => !check.ok).map((check) => check.name)).toEqual(['redis', 'rate limits'])
    }, 20_000)

    server = (await testRedis(redisPort))!
    await vi.waitFor(async () => {
      for (const { url } of product.backends) expect((await readiness(url)).status).toBe('ready')
    }, 20_000)
    expect(await allowedOf(product, await tokenOf(product, 'after'))).toBeLessThan(120)
    expect((await fetch(`${product.url}/api/v1/requests`, { headers: first })).status).toBe(429)
  })
})
