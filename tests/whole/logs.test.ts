import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct, type Product } from '../support/product.ts'
import { json, startProvider, type Provider } from '../support/provider.ts'

/** Every secret that the product is shown; each is unlike anything else that a log could hold. */
const secrets = {
  sourceKey: 'virustotal-key-7f3a9c1e5b2d8046',
  wrongPassword: 'a wrong guess of somebody 8841',
  wrongToken: `indag_${'Zq7'.repeat(16)}`,
  cookie: `stolen-cookie-${'k3'.repeat(20)}`,
  inQuery: 'token-in-the-address-5521',
  basic: Buffer.from('someone:basic-secret-991').toString('base64'),
  newPassword: 'a password that is typed wrongly 3377',
  answered: 'provider-says-your-key-is-6618',
}
const indicators = ['leak-check.example.com', '198.51.100.231']
let provider: Provider
let product: Product
let sessionCookie = ''
let madeToken = ''
let settingLink = ''

beforeAll(async () => {
  provider = await startProvider()
  product = await startProduct({
    env: { INDAG_LOG_LEVEL: 'debug' },
    runnerEnv: { INDAG_LOG_LEVEL: 'debug', INDAG_RUNNER_PRIVATE_HOSTS: new URL(provider.url).host },
  })
  await useEverything()
}, 120_000)

afterAll(async () => {
  await product?.stop()
  await provider?.stop()
})

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(product.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url, ...headers },
    body,
  })

/** Sign-ins, tokens, secrets, sources that fail in odd ways, and requests that nobody can read. */
async function useEverything(): Promise<void> {
  const { email, password } = product.admin
  const origin = 'http://localhost:' + new URL(product.url).port
  const signedIn = await post('/auth/sign-in', JSON.stringify({ email, password }), { origin })
  expect(signedIn.status).toBe(200)
  sessionCookie = signedIn.headers.get('set-cookie')!.split(';')[0]!.split('=')[1]!
  await post('/auth/sign-in', JSON.stringify({ email, password: secrets.wrongPassword }), { origin })
  await post('/auth/sign-in', JSON.stringify({ email, pasword: secrets.newPassword }), { origin })
  await post('/auth/sign-in', `{"email":"${email}","password":"${secrets.newPassword}`, { origin })
  const made = await product.api('/api/v1/api-tokens', {
    json: { name: 'of the test', scopes: ['requests:read'], expiresAt: null },
  })
  madeToken = ((await made.json()) as { token: string }).token
  await product.api('/api/v1/sources', { headers: { authorization: `Bearer ${madeToken}` } })
  await product.api('/api/v1/sources', { headers: { authorization: `Bearer ${secrets.wrongToken}` } })
  await product.api('/api/v1/sources', { headers: { authorization: `Basic ${secrets.basic}` } })
  await product.api(`/api/v1/sources?token=${secrets.inQuery}&access_token=${secrets.inQuery}`)
  await fetch(`${product.url}/api/v1/me`, { headers: { cookie: `indag_session=${secrets.cookie}` } })
  await fetch(`${product.url}/setup?token=${secrets.inQuery}`)
  await post(
    '/api/v1/setup',
    JSON.stringify({ token: secrets.inQuery, email, name: 'x', password: secrets.newPassword }),
  )
  await useSources()
  await makeLink()
  await failWithin()
}

/** An error of ours: what a driver hangs on it has the values of the query. */
async function failWithin(): Promise<void> {
  const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
  await sql`alter table identity.sessions rename to gone`
  const cookie = `indag_session=${secrets.cookie}`
  expect((await fetch(`${product.url}/api/v1/me`, { headers: { cookie } })).status).toBe(500)
  await sql`alter table identity.gone rename to sessions`
  await sql.end()
}

async function useSources(): Promise<void> {
  const change = (path: string, body: object, method: string) =>
    product.api(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  const virustotal = '/api/v1/sources/virustotal'
  await change(`${virustotal}/secrets/apiKey`, { value: secrets.sourceKey }, 'PUT')
  await change(virustotal, { config: { baseUrl: provider.url }, enabled: true }, 'PATCH')
  await change(`${virustotal}/secrets/apiKey`, { value: secrets.sourceKey }, 'PUT')
  provider.answer((call, response) => {
    if (provider.calls.length % 3 === 0) return void response.destroy()
    json(response, { error: { message: `${secrets.answered} ${String(call.headers['x-apikey'])}` } }, 401)
  })
  for (const fresh of [false, true])
    await product.api('/api/v1/requests', { json: { indicators, tlp: 'CLEAR', wait: true, fresh } })
  await product.api('/api/v1/requests', { json: { indicators: [{ kind: 'nonsense' }] } })
  await product.api('/api/v1/requests', {
    method: 'POST',
    body: '{"indicators":',
    headers: { 'content-type': 'application/json' },
  })
}

async function makeLink(): Promise<void> {
  const created = await product.api('/api/v1/users', {
    json: { email: 'new@indag.test', name: 'New', role: 'viewer' },
  })
  settingLink = /token=([\w.~-]+)/.exec(await created.text())?.[1] ?? ''
}

/** Each line of each process, with who wrote it. */
const lines = (): { from: string; text: string }[] => [
  ...product.backends.flatMap((backend) => backend.output.map((text) => ({ from: 'backend', text }))),
  ...product.runners.flatMap((runner) => runner.logs.map((text) => ({ from: 'runner', text }))),
]

describe('what the programs log', () => {
  test('holds no secret that they were shown, and no indicator', () => {
    expect(lines().some(({ text }) => text.includes('a request failed'))).toBe(true)
    const shown = { ...secrets, admin: product.admin.token, password: product.admin.password, sessionCookie, madeToken }
    expect(sessionCookie.length).toBeGreaterThan(20)
    expect(madeToken).toMatch(/^indag_/)
    if (settingLink) Object.assign(shown, { settingLink })
    for (const [name, secret] of Object.entries(shown))
      for (const { from, text } of lines())
        expect(text.includes(secret), `${name} in a line of the ${from}: ${text}`).toBe(false)
    for (const indicator of indicators)
      for (const { from, text } of lines().filter((line) => !line.text.includes('"level":"debug"')))
        expect(text.includes(indicator), `${indicator}, ${from}: ${text}`).toBe(false)
  })

  test('reached the source, so that there was something to tell', () => {
    expect(provider.calls.some(({ headers }) => headers['x-apikey'] === secrets.sourceKey)).toBe(true)
  })

  test('has one shape in every program', () => {
    for (const { from, text } of lines()) {
      const entry = JSON.parse(text) as Record<string, unknown>
      expect(entry, text).toMatchObject({
        level: expect.stringMatching(/^(debug|info|warn|error)$/) as string,
        // A runner says which one it is once it has read its settings.
        service: expect.stringMatching(/^indag-(backend|runner(-\w+)?)$/) as string,
        instance: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        message: expect.stringMatching(/\S/) as string,
      })
      expect(String(entry['time']), from).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      for (const other of ['msg', 'pid', 'hostname', 'name']) expect(Object.keys(entry), text).not.toContain(other)
    }
  })
})
