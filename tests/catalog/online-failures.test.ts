import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Exchange } from '../support/fakes/provider.ts'
import { startBench, type Bench } from './ask-source.ts'
import { readSources, type Example, type TestedSource } from './catalog-sources.ts'

const sources = await readSources()
const overHttp = sources.filter((source) => 'baseUrl' in source.manifest.config.properties)
const overDns = sources.filter((source) => source.manifest.hosts.includes('dns:*'))
let bench: Bench
beforeAll(async () => void (bench = await startBench()))
afterAll(() => bench.stop())

describe.each(overHttp.map((source) => [source.slug, source] as const))('%s', (_, source) => {
  const example = foundExample(source)

  test.runIf(source.manifest.secrets.length > 0)('says that its key is wrong', async () => {
    bench.provider.behave(withWrongKey(source, example))
    expect(await bench.ask(source, example, { secret: 'a-wrong-key' })).toMatchObject({
      state: 'failed',
      reason: 'unauthorized',
    })
    expect(bench.provider.requests).toHaveLength(1)
  })

  test('waits as long as the provider asks', async () => {
    bench.provider.behave(answering(example, { status: 429, headers: { 'retry-after': '17' }, body: {} }))
    expect(await bench.ask(source, example)).toMatchObject({
      state: 'failed',
      reason: 'rate-limited',
      retryAfterMs: 17_000,
    })
  })

  test('does not invent a time to wait', async () => {
    bench.provider.behave(answering(example, { status: 429, body: {} }))
    expect(await bench.ask(source, example)).toMatchObject({ state: 'failed', reason: 'rate-limited', retryAfterMs: 0 })
  })

  test.each([
    ['a server error', { status: 500, body: 'oops' }],
    ['malformed JSON', { status: 200, body: '{"data": [' }],
    ['a page instead of JSON', { status: 200, body: '<html>sign in to the hotel network</html>' }],
    ['null', { status: 200, body: null }],
    ['a list of numbers', { status: 200, body: [1, 2, 3] }],
    ['text', { status: 200, body: '"hello"' }],
  ])('takes %s as the failure of the provider', async (_what, response) => {
    bench.provider.behave(answering(example, response))
    expect(await bench.ask(source, example)).toMatchObject({ state: 'failed', reason: 'provider-error' })
  })

  test('is stopped when the provider does not answer', async () => {
    bench.provider.behave({ exchanges: [], hangs: true })
    expect(await bench.ask(source, example, { wallMs: 400 })).toMatchObject({ state: 'failed', reason: 'timeout' })
  })

  test('reaches no host but its own', async () => {
    bench.provider.behave(answering(example, { status: 302, headers: { location: 'http://localhost:9/' }, body: '' }))
    expect(await bench.ask(source, example)).toMatchObject({ state: 'failed', reason: 'egress-denied' })
  })
})

describe.each(overDns.map((source) => [source.slug, source] as const))('%s', (_, source) => {
  test('is stopped when no name server answers', async () => {
    bench.dns.fallSilent()
    expect(await bench.ask(source, foundExample(source), { wallMs: 400 })).toMatchObject({
      state: 'failed',
      reason: 'timeout',
    })
  })
})

test('RDAP follows the redirect to the registry in charge', async () => {
  const source = overHttp.find(({ slug }) => slug === 'rdap-registration') as TestedSource
  const example = foundExample(source)
  const [exchange] = example.exchanges as [Exchange]
  const moved = { ...exchange.request, path: '/com/v1/domain/example.com' }
  bench.provider.behave({
    exchanges: [
      {
        request: exchange.request,
        response: { status: 302, headers: { location: `${bench.provider.url}${moved.path}` }, body: '' },
      },
      { request: moved, response: exchange.response },
    ],
  })
  expect(await bench.ask(source, example)).toMatchObject({
    state: 'found',
    result: { summary: 'Registered on 1995-08-14 with Example Registrar' },
  })
})

function foundExample(source: TestedSource): Example {
  const example = source.examples.find(({ expected }) => expected !== null && !('failure' in expected))
  if (!example) throw new Error(`${source.slug} has no example of something found`)
  return example
}

function answering(example: Example, response: Exchange['response']) {
  const [exchange] = example.exchanges as [Exchange]
  return { exchanges: [{ request: exchange.request, response }] }
}

/** Providers answer 401, but Google 400 with a reason, since its key stands in the query. */
function withWrongKey(source: TestedSource, example: Example) {
  const [exchange] = example.exchanges as [Exchange]
  if (source.slug !== 'safe-browsing')
    return { exchanges: [exchange], wrongHeader: { status: 401, body: { error: 'wrong key' } } }
  const request = { ...exchange.request, path: '/v4/threatMatches:find?key=a-wrong-key' }
  const body = { error: { code: 400, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } }
  return { exchanges: [{ request, response: { status: 400, body } }] }
}
