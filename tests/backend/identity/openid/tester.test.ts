import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StartedOpenIdProvider, startOpenIdProvider } from '../../../support/openid-provider.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { startLyingIssuer } from './lying-issuer.ts'
import { ends, type FrontDoor, openFrontDoor, publicUrl, redirectUri } from './visit-product.ts'

const secret = 'a secret of the client'

let database: TestDatabase
let op: StartedOpenIdProvider
let door: FrontDoor

beforeAll(async () => {
  database = await testDatabase()
  op = await startOpenIdProvider({
    clients: [{ id: 'indag', secret, redirectUris: [redirectUri('new'), redirectUri('saved')] }],
    claimsInUserInfoOnly: true,
  })
  door = await openFrontDoor(database.sql)
}, 60_000)

afterAll(async () => {
  await door?.close()
  await op?.stop()
  await database?.drop()
})

const settings = (more: object = {}) => ({
  name: 'New',
  issuer: op.issuer,
  clientId: 'indag',
  clientSecret: secret,
  scopes: ['openid', 'email', 'profile', 'groups'],
  provisioning: 'create',
  rules: [{ claim: 'groups', operator: 'contains', values: ['staff'], role: 'editor' }],
  ...more,
})
type Check = { name: string; state: string; detail: string; fix?: string }

async function test(slug: string, body: object): Promise<Record<string, Check>> {
  const answer = await door.ask('POST', `/api/v1/openid-providers/${slug}/test`, door.admin, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return Object.fromEntries((answer.body['checks'] as Check[]).map((check) => [check.name, check]))
}

describe('the tester, without a person', () => {
  it('finds nothing wrong with settings that are right and not saved', async () => {
    const checks = await test('new', { settings: settings() })
    expect(Object.values(checks).filter(({ state }) => state !== 'ok')).toEqual([])
    expect(Object.keys(checks)).toEqual(['discovery', 'endpoints', 'keys', 'client', 'redirect', 'scopes', 'claims'])
  })

  it('tells a wrong secret, an unknown client, an unregistered redirect URI and an unlisted scope apart', async () => {
    expect((await test('new', { settings: settings({ clientSecret: 'wrong' }) }))['client']).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('invalid_client') as string,
    })
    expect((await test('new', { settings: settings({ clientId: 'nobody' }) }))['redirect']).toMatchObject({
      state: 'failed',
      detail: 'The provider does not know the client id.',
    })
    expect((await test('elsewhere', { settings: settings() }))['redirect']).toMatchObject({
      state: 'failed',
      fix: `Register exactly this one at the provider: ${redirectUri('elsewhere')}`,
    })
    expect((await test('new', { settings: settings({ scopes: ['openid', 'pets'] }) }))['scopes']).toMatchObject({
      state: 'warning',
      detail: 'The provider does not list pets.',
    })
  })

  it('says of an issuer that is none what it found there, and asks nothing more', async () => {
    const checks = await test('new', { settings: settings({ issuer: `${op.issuer}/nowhere` }) })
    expect(checks['discovery']).toMatchObject({ state: 'failed' })
    expect(checks['discovery']?.detail).toContain('/nowhere/.well-known/openid-configuration with the status 404')
    expect(checks['client']?.state).toBe('skipped')
  })

  it('finds keys and endpoints that are missing', async () => {
    const liar = await startLyingIssuer()
    liar.lie({ discovery: { jwks_uri: `${liar.issuer}/userinfo`, token_endpoint: undefined } })
    const checks = await test('new', { settings: settings({ issuer: liar.issuer }) })
    expect(checks['keys']?.state).toBe('failed')
    expect(checks['endpoints']).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('token_endpoint') as string,
    })
    await liar.stop()
  })

  it('takes a pasted address of the discovery document, and refuses plain http to another machine', async () => {
    const pasted = `${op.issuer}/.well-known/openid-configuration`
    expect((await test('new', { settings: settings({ issuer: pasted }) }))['discovery']?.state).toBe('ok')
    const plain = { settings: settings({ issuer: 'http://login.example.org' }) }
    const answer = await door.ask('POST', '/api/v1/openid-providers/new/test', door.admin, plain)
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0]).toMatchObject({
      path: 'settings.issuer',
      message: expect.stringContaining('must begin with https://') as string,
    })
  })
})

describe('the tester, with a person', () => {
  async function tryAs(slug: string, login: string, body: object) {
    const visitor = door.visitor(login)
    const begun = await fetch(`${door.url}/api/v1/openid-providers/${slug}/trial`, {
      method: 'POST',
      headers: { ...door.admin, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { url } = (await begun.json()) as { url: string }
    visitor.takeCookies('indag.test', begun.headers)
    const { url: end } = await visitor.go(url, ends)
    expect(end.href).toBe(`${publicUrl}/openid-providers?trial=true`)
    const trials = (await door.ask('GET', '/api/v1/openid-trials', door.admin)).body.items as unknown as {
      slug: string
      report: Record<string, unknown>
    }[]
    return { trial: trials[0]!, visitor, trials }
  }

  it('shows claims, rule and role, and makes nobody', async () => {
    op.accounts['alice'] = { name: 'Alice', groups: ['staff'] }
    const before = await database.sql`select * from identity.users order by id`
    const { trial, visitor } = await tryAs('new', 'alice', { settings: settings() })
    expect(trial).toMatchObject({
      slug: 'new',
      report: {
        problem: null,
        rule: 0,
        grade: { role: 'editor', organizationId: null },
        how: 'create',
        user: { id: null, name: 'Alice', email: 'alice@example.org' },
        claims: { sub: 'alice', email: 'alice@example.org', groups: ['staff'] },
      },
    })
    expect(await door.me(visitor)).toBeNull()
    expect(await database.sql`select * from identity.users order by id`).toEqual(before)
    for (const table of ['openid_links', 'openid_providers']) {
      expect(await database.sql`select from ${database.sql(`identity.${table}`)}`).toHaveLength(0)
    }
  })

  it('shows the problem that a sign-in would end with, and the claims all the same', async () => {
    const { trial } = await tryAs('new', 'guest', { settings: settings() })
    expect(trial.report).toMatchObject({ problem: { code: 'openid-claim' }, claims: { sub: 'guest' }, how: null })
  })

  it('is seen by the one who tried alone, and for ten minutes', async () => {
    const { trials } = await tryAs('new', 'alice', { settings: settings() })
    expect(trials.length).toBeGreaterThan(1)
    expect((await door.ask('GET', '/api/v1/openid-trials')).status).toBe(401)
    door.clock.nowMs += 10 * 60_000 + 1
    expect((await door.ask('GET', '/api/v1/openid-trials', door.admin)).body.items).toEqual([])
  })

  it('keeps nothing of the settings in the clear', async () => {
    await tryAs('new', 'alice', { settings: settings() })
    const rows = await database.sql`select * from identity.openid_flows`
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('takes the saved secret, but never to another issuer', async () => {
    await door.provider('saved', settings())
    const { clientSecret: _, ...unsaved } = settings({ name: 'Other' })
    expect((await test('saved', { settings: unsaved }))['client']?.state).toBe('ok')
    const moved = { settings: { ...unsaved, issuer: 'https://evil.test' } }
    for (const path of ['test', 'trial']) {
      const answer = await door.ask('POST', `/api/v1/openid-providers/saved/${path}`, door.admin, moved)
      expect(answer.status).toBe(422)
      expect(answer.body.errors[0]?.path).toBe('clientSecret')
    }
  })

  it('with settings that nobody saved needs them in the body', async () => {
    expect((await door.ask('POST', '/api/v1/openid-providers/none/test', door.admin, {})).status).toBe(404)
  })
})
