import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct, type Product } from '../support/product.ts'
import { openSentryIngest, type SentryEvent, type SentryIngest } from '../support/telemetry/sentry-ingest.ts'

const indicator = 'evil-host.example.com'
/** What an error's message may hold, and nobody outside may learn. */
const values = [
  indicator,
  '203.0.113.99',
  'ada@example.org',
  `indag_${'y'.repeat(49)}`,
  'a-secret-of-a-source-0123456789',
]

let folder: string
let ingest: SentryIngest
let product: Product

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'indag-sentry-'))
  ingest = await openSentryIngest()
  // Loaded into each program beside its own code: throws where nobody catches when it is told to, and says what is loaded.
  const trap = join(folder, 'trap.mjs')
  const loaded = join(folder, 'loaded-')
  writeFileSync(
    trap,
    `import { writeFileSync } from 'node:fs'
     import { registerHooks } from 'node:module'
     registerHooks({ load(url, context, next) {
       if (url.includes('/@sentry/')) writeFileSync(${JSON.stringify(loaded)} + process.pid, url)
       return next(url, context)
     } })
     process.on('SIGUSR2', () => { throw new Error(${JSON.stringify(`the floor gave way under ${values.join(' ')}`)}) })`,
  )
  const told = { NODE_OPTIONS: `--import=${trap}` }
  const sentry = { SENTRY_DSN: ingest.dsn, SENTRY_RELEASE: 'indag@8.8.8', SENTRY_ENVIRONMENT: 'staging' }
  product = await startProduct({ env: { ...told, ...sentry }, runnerEnv: { ...told, ...sentry } })
  silent = await startProduct({ runners: { javascript: 1, python: 0 }, env: told, runnerEnv: told })
}, 180_000)
let silent: Product

afterAll(async () => {
  await product?.stop()
  await silent?.stop()
  ingest?.close()
  await rm(folder, { recursive: true, force: true })
})

const isLoaded = (pid: number): boolean => {
  try {
    return readFileSync(join(folder, `loaded-${pid}`), 'utf8') !== ''
  } catch {
    return false
  }
}
const eventsOf = (service: string): SentryEvent[] => ingest.events.filter(({ tags }) => tags?.['service'] === service)

describe('with a DSN', () => {
  test('an error in a request arrives once, with release, environment and the trace of the answer', async () => {
    const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
    await sql`alter table identity.groups rename to gone`
    const answer = await product.api(`/api/v1/groups?q=${indicator}`)
    expect(answer.status).toBe(500)
    await sql`alter table identity.gone rename to groups`
    await sql.end()
    const { traceId } = (await answer.json()) as { traceId: string }
    const mine = () => eventsOf('indag-backend').filter(({ tags }) => tags?.['traceId'] === traceId)
    await expect.poll(() => mine().length, { timeout: 15_000 }).toBe(1)
    expect(mine()[0]).toMatchObject({ release: 'indag@8.8.8', environment: 'staging' })
    expect(mine()[0]?.exception?.values[0]?.stacktrace?.frames?.length).toBeGreaterThan(0)
  })

  test.each(['indag-runner-javascript', 'indag-runner-python'])(
    'an error that ends %s arrives once',
    async (service) => {
      const runner = product.runners[service.endsWith('python') ? 1 : 0]!
      expect(isLoaded(runner.pid)).toBe(true)
      process.kill(runner.pid, 'SIGUSR2')
      await expect.poll(() => eventsOf(service).length, { timeout: 15_000 }).toBe(1)
      expect(eventsOf(service)[0]).toMatchObject({ release: 'indag@8.8.8', environment: 'staging' })
      expect(eventsOf(service)[0]?.exception?.values[0]?.value).toMatch(/^the floor gave way/)
      const line = runner.logs.map((text) => JSON.parse(text) as { err?: { message: string } }).find(({ err }) => err)
      expect(line?.err?.message).toContain('the floor gave way')
    },
  )

  test('an error that ends a backend arrives before it ends', async () => {
    const before = eventsOf('indag-backend').length
    process.kill(product.backends[0]!.pid, 'SIGUSR2')
    await expect.poll(() => eventsOf('indag-backend').length, { timeout: 15_000 }).toBe(before + 1)
  })

  test('nothing else goes with it: no value, secret, token, cookie, request, user or name of the machine', () => {
    const raw = ingest.raw.join('\n')
    expect(raw).toContain('the floor gave way')
    for (const value of [
      ...values,
      product.admin.token,
      product.admin.password,
      'Bearer',
      'server_name',
      'breadcrumbs',
      '"request"',
    ])
      expect(raw).not.toContain(value)
  })
})

describe('without a DSN', () => {
  test('Sentry is not even loaded, neither in the backend nor in a runner', () => {
    expect(isLoaded(product.backends[0]!.pid) || eventsOf('indag-backend').length > 0).toBe(true)
    expect(isLoaded(silent.backends[0]!.pid)).toBe(false)
    expect(isLoaded(silent.runners[0]!.pid)).toBe(false)
  })
})
