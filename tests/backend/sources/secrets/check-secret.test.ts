import { readFile } from 'node:fs/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeProvider, type Exchange, type FakeProvider } from '../../../support/fakes/provider.ts'
import { freePort } from '../../../../scripts/postgres/free-port.ts'
import { startProduct, type Product } from '../../../support/product.ts'

const rightKey = 'example-apiKey'
let provider: FakeProvider
let product: Product
let away: string
let sql: postgres.Sql

beforeAll(async () => {
  provider = await startFakeProvider()
  away = `127.0.0.1:${await freePort()}`
  product = await startProduct({
    runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: `${new URL(provider.url).host},${away}` },
  })
  sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
}, 60_000)
afterAll(async () => {
  await sql?.end()
  await product?.stop()
  await provider?.close()
})

type Answer = { status: number; body: Record<string, unknown> }
const put = async (slug: string, secret: object): Promise<Answer> => {
  const answer = await product.api(`/api/v1/sources/${slug}/secrets/apiKey`, { method: 'PUT', json: secret })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const ready = async (slug: string) =>
  ((await (await product.api(`/api/v1/sources/${slug}`)).json()) as { ready: boolean }).ready
const lead = async (slug: string, baseUrl: string) =>
  expect(
    (await product.api(`/api/v1/sources/${slug}`, { method: 'PATCH', json: { config: { baseUrl } } })).status,
  ).toBe(200)
const saved = async (slug: string) =>
  (await sql`select from sources.secrets join sources.sources on sources.id = source_id where slug = ${slug}`).length

describe.each([
  ['virustotal', 'virustotal/virustotal', /VirusTotal.*401/],
  ['abuseipdb', 'abuseipdb/abuseipdb', /AbuseIPDB refused the request \(401\): check the API key/],
])('a key of %s', (slug, folder, refusal) => {
  beforeAll(async () => {
    const file = new URL(`../../../../catalog/${folder}/examples.json`, import.meta.url)
    const [first] = JSON.parse(await readFile(file, 'utf8')) as { exchanges: Exchange[] }[]
    provider.behave({ exchanges: first!.exchanges, wrongHeader: { status: 401, body: { error: 'wrong key' } } })
    await lead(slug, provider.url)
  })

  it("that is wrong is refused with the provider's answer, and nothing is saved", async () => {
    const { status, body } = await put(slug, { value: 'a-wrong-key' })
    expect(status).toBe(422)
    expect(body['detail']).toMatch(refusal)
    expect(body['errors']).toMatchObject([
      {
        path: 'value',
        message: expect.stringContaining('HTTP 401'),
        fix: expect.stringContaining('Nothing was saved'),
      },
    ])
    expect(JSON.stringify(body)).not.toContain('a-wrong-key')
    expect(await saved(slug)).toBe(0)
    expect(provider.requests).toHaveLength(1)
    // Nor does insisting help: the provider has spoken.
    expect((await put(slug, { value: 'a-wrong-key', force: true })).status).toBe(422)
    expect(await saved(slug)).toBe(0)
  })

  it('that is right is saved, with what the provider said, and the source is ready', async () => {
    const { status, body } = await put(slug, { value: rightKey })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { saved: true, check: { outcome: 'accepted', status: 200, says: expect.stringMatching(/\d/) } },
    })
    expect(await ready(slug)).toBe(true)
    expect(provider.surprises).toEqual([])
  })

  it('whose provider is not reached is saved only when asked to', async () => {
    await lead(slug, `http://${away}`)
    await sql`delete from sources.secrets`
    const refused = await put(slug, { value: rightKey })
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', errors: [{ path: 'force' }] } })
    expect(await saved(slug)).toBe(0)
    expect(await put(slug, { value: rightKey, force: true })).toMatchObject({
      status: 200,
      body: { check: { outcome: 'unclear' } },
    })
    expect(await saved(slug)).toBe(1)
  })

  it('ends when it is told to, without a word to the provider, and the log says so', async () => {
    await put(slug, { value: rightKey })
    const asked = provider.requests.length
    const ends = new Date(Date.now() + 86_400_000).toISOString()
    const path = `/api/v1/sources/${slug}/secrets/apiKey`
    expect((await product.api(path, { method: 'PATCH', json: { expiresAt: ends } })).status).toBe(204)
    expect(provider.requests.length).toBe(asked)
    expect(await ready(slug)).toBe(true)
    const audit = async (search: string) => (await product.api(`/api/v1/audit${search}`)).json()
    const { items } = (await audit('?action=source-secret.change')) as { items: { id: string }[] }
    expect(await audit(`/${items[0]!.id}`)).toMatchObject({
      resource: { id: `${slug}/apiKey` },
      before: { expiresAt: null },
      after: { expiresAt: ends },
    })
  })

  it('is saved without a word to the provider when that is wished', async () => {
    await lead(slug, provider.url)
    const before = provider.requests.length
    expect(await put(slug, { value: 'whatever-it-is', test: false })).toMatchObject({
      status: 200,
      body: { check: null },
    })
    expect(provider.requests).toHaveLength(before)
  })
})
