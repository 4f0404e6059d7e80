import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOpenIdProvider } from '../../../support/openid-provider.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { type Lie, startLyingIssuer } from './lying-issuer.ts'
import { ends, type FrontDoor, openFrontDoor, redirectUri } from './visit-product.ts'

const back = /\/auth\/openid\/[\w-]+\/callback/
const secret = 'a secret of the client'

let database: TestDatabase
let issuer: Awaited<ReturnType<typeof startLyingIssuer>>
let door: FrontDoor

beforeAll(async () => {
  database = await testDatabase()
  issuer = await startLyingIssuer()
  door = await openFrontDoor(database.sql)
  const shared = { fallback: { role: 'viewer' }, provisioning: 'create' }
  await door.provider('liar', { ...shared, issuer: issuer.issuer })
  await door.provider('other', { ...shared, issuer: issuer.issuer })
}, 60_000)

afterAll(async () => {
  await door?.close()
  await issuer?.stop()
  await database?.drop()
})

const past = Math.floor(Date.now() / 1000) - 3_600

describe('an answer that is not quite true signs nobody in', () => {
  it('but the truth does', async () => {
    issuer.lie({})
    expect((await door.signIn('liar')).me?.email).toBe('mallory@example.org')
  })

  it.each<[string, Lie, string, RegExp]>([
    ['a nonce of another sign-in', { claims: { nonce: 'another' } }, 'openid-answer', /another sign-in \(nonce\)/],
    ['no nonce', { without: ['nonce'] }, 'openid-answer', /refused/],
    ['another audience', { claims: { aud: 'somebody else' } }, 'openid-answer', /another client \(aud\)/],
    ['many audiences', { claims: { aud: ['indag', 'spy'], azp: 'spy' } }, 'openid-answer', /another client/],
    ['another issuer', { claims: { iss: 'https://evil.test' } }, 'openid-answer', /another issuer \(iss\)/],
    ['an ID token of an hour ago', { claims: { iat: past, exp: past + 60 } }, 'openid-answer', /expired \(exp\)/],
    ['an ID token of next week', { claims: { nbf: past + 1_000_000 } }, 'openid-answer', /not valid yet \(nbf\)/],
    [
      'no signature',
      { header: { alg: 'none', kid: undefined }, signature: 'none' },
      'openid-answer',
      /not signed with a key/,
    ],
    [
      'no signature, though the issuer says that it signs so',
      {
        header: { alg: 'none', kid: undefined },
        signature: 'none',
        discovery: { id_token_signing_alg_values_supported: ['none', 'RS256'] },
      },
      'openid-answer',
      /refused/,
    ],
    ['a signature by another key', { signature: 'foreign' }, 'openid-answer', /signature of its ID token is wrong/],
    ['a key that is not published', { header: { kid: 'other' } }, 'openid-answer', /no key of the issuer fits/],
    ['a signature with the client secret', { header: { alg: 'HS256' } }, 'openid-answer', /not signed with a key/],
    [
      'an answer from another issuer',
      { callbackIssuer: 'https://evil.test' },
      'openid-answer',
      /another issuer than the one asked/,
    ],
    ['an answer that hides its issuer', { callbackIssuer: null }, 'openid-answer', /does not say which issuer/],
    ['a user info of somebody else', { userInfo: { sub: 'ada' } }, 'openid-answer', /refused/],
    ['no subject', { without: ['sub'] }, 'openid-answer', /refused/],
    [
      'a person who turns back',
      { callback: { error: 'access_denied' } },
      'openid-stopped',
      /turned back \(access_denied\)/,
    ],
    ['an error with script in it', { callback: { error: '<script>' } }, 'openid-stopped', /an unknown error/],
    [
      'a redirect URI refused late',
      { tokenError: { error: 'invalid_grant', error_description: 'redirect_uri mismatch' } },
      'openid-redirect',
      /registers exactly this one: http:\/\/indag\.test\/auth\/openid\/liar\/callback/,
    ],
    [
      'a client secret that is wrong',
      { tokenError: { error: 'invalid_client' } },
      'openid-issuer',
      /client id or the client secret/,
    ],
    ['a code that is refused', { tokenError: { error: 'invalid_grant' } }, 'openid-answer', /refuses the code/],
  ])('%s', async (_what, lie, code, words) => {
    const visitor = door.visitor()
    issuer.lie({})
    // What discovery said is kept; a lie of discovery has to be told before.
    const fresh = lie.discovery !== undefined
    if (fresh) door.clock.nowMs += 20 * 60_000
    issuer.lie(lie)
    const { problem, text, me } = await door.signIn('liar', visitor)
    expect(problem).toBe(code)
    expect(text).toMatch(words)
    expect(text).not.toContain('<')
    expect(me).toBeNull()
    if (fresh) door.clock.nowMs += 20 * 60_000
  })
})

describe('a callback', () => {
  const arrive = async (slug = 'liar') => {
    issuer.lie({})
    const visitor = door.visitor()
    const { url } = await visitor.go(door.startUrl(slug), back)
    return { visitor, url }
  }
  const expired = async ({ visitor, url }: Awaited<ReturnType<typeof arrive>>) => {
    const ended = await visitor.go(url.href, ends)
    expect(ended.url.searchParams.get('problem')).toBe('openid-expired')
    expect(await door.me(visitor)).toBeNull()
  }

  it('brings the verifier of the challenge, and the code', async () => {
    const { visitor, url } = await arrive()
    await visitor.go(url.href, ends)
    expect(issuer.tokenRequests.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
    expect(issuer.tokenRequests.at(-1)?.get('redirect_uri')).toBe(redirectUri('liar'))
  })

  it('with a state that nobody was given is refused', async () => {
    const { visitor, url } = await arrive()
    url.searchParams.set('state', 'invented')
    await expired({ visitor, url })
  })

  it('without a state is refused', async () => {
    const { visitor, url } = await arrive()
    url.searchParams.delete('state')
    await expired({ visitor, url })
  })

  it('is good once: played again it is refused, and by two at once one gets in', async () => {
    const { visitor, url } = await arrive()
    const both = await Promise.all([visitor.go(url.href, ends), visitor.go(url.href, ends)])
    expect(both.map((end) => end.url.searchParams.get('problem')).toSorted()).toEqual(
      [null, 'openid-expired'].toSorted(),
    )
    const again = await visitor.go(url.href, ends)
    expect(again.url.searchParams.get('problem')).toBe('openid-expired')
  })

  it('in another browser than the one that began is refused', async () => {
    const { url } = await arrive()
    await expired({ visitor: door.visitor(), url })
    const { visitor } = await arrive()
    await expired({ visitor, url })
  })

  it('after ten minutes is refused', async () => {
    const arrived = await arrive()
    door.clock.nowMs += 10 * 60_000 + 1
    await expired(arrived)
  })

  it('at the address of another provider is refused', async () => {
    const { visitor, url } = await arrive()
    url.pathname = url.pathname.replace('liar', 'other')
    await expired({ visitor, url })
  })

  it('of a provider that was switched off meanwhile is refused', async () => {
    const { visitor, url } = await arrive('other')
    await door.change('other', { enabled: false })
    const { url: end } = await visitor.go(url.href, ends)
    expect(end.searchParams.get('problem')).toBe('openid-no-access')
    expect((await door.ask('GET', '/auth/openid/other/start')).status).toBe(404)
  })
})

describe('an issuer', () => {
  it('that is away gives a clear message, passwords still sign in, and it is asked again at once', async () => {
    const op = await startOpenIdProvider({ clients: [{ id: 'indag', secret, redirectUris: [redirectUri('away')] }] })
    await door.provider('away', { issuer: op.issuer, fallback: { role: 'viewer' }, provisioning: 'create' })
    await op.stop()
    const { problem, text } = await door.signIn('away')
    expect(problem).toBe('openid-issuer')
    expect(text).toMatch(/cannot be used: it cannot be reached \(ECONNREFUSED\)\. .*sign in with a password/)
    const byPassword = { email: 'ada@example.org', password: 'a long walk in the rain' }
    expect((await door.ask('POST', '/auth/sign-in', {}, byPassword)).status).toBe(200)
    const again = await startOpenIdProvider({
      clients: [{ id: 'indag', secret, redirectUris: [redirectUri('away')] }],
      port: op.port,
    })
    expect((await door.signIn('away')).me).not.toBeNull()
    // It comes back with another key: nothing has to be waited for.
    await again.stop()
    const rotated = await startOpenIdProvider({
      clients: [{ id: 'indag', secret, redirectUris: [redirectUri('away')] }],
      port: op.port,
    })
    expect((await door.signIn('away')).me).not.toBeNull()
    await rotated.stop()
  })

  it('that says it is another is refused', async () => {
    door.clock.nowMs += 20 * 60_000
    issuer.lie({ discovery: { issuer: 'https://evil.test' } })
    const { problem, text } = await door.signIn('liar')
    expect(problem).toBe('openid-issuer')
    expect(text).toContain('says that the issuer is https://evil.test')
  })

  it('that answers with errors, or with something else, is refused', async () => {
    issuer.lie({ status: 500 })
    expect((await door.signIn('liar')).text).toContain('with the status 500')
  })

  it('that does not know the redirect URI is told apart, with the URI to register', async () => {
    const op = await startOpenIdProvider({
      clients: [{ id: 'indag', secret, redirectUris: ['http://elsewhere.test/'] }],
    })
    await door.provider('lost', { issuer: op.issuer, fallback: { role: 'viewer' } })
    const { problem, text } = await door.signIn('lost')
    expect(problem).toBe('openid-redirect')
    expect(text).toContain(`registers exactly this one: ${redirectUri('lost')}`)
    await op.stop()
  })

  it('that does not know the client secret says so', async () => {
    const op = await startOpenIdProvider({ clients: [{ id: 'indag', secret, redirectUris: [redirectUri('wrong')] }] })
    await door.provider('wrong', { issuer: op.issuer, clientSecret: 'not the secret', fallback: { role: 'viewer' } })
    const { problem, text } = await door.signIn('wrong')
    expect(problem).toBe('openid-issuer')
    expect(text).toContain('refuses the client id or the client secret (invalid_client)')
    await op.stop()
  })

  it('that wants PKCE gets it, and refuses a sign-in from which somebody took the challenge', async () => {
    const op = await startOpenIdProvider({ clients: [{ id: 'indag', secret, redirectUris: [redirectUri('pkce')] }] })
    await door.provider('pkce', { issuer: op.issuer, fallback: { role: 'viewer' }, provisioning: 'create' })
    const visitor = door.visitor()
    const { url } = await visitor.go(door.startUrl('pkce'), /\/auth\?/)
    url.searchParams.delete('code_challenge')
    url.searchParams.delete('code_challenge_method')
    const ended = await visitor.go(url.href, ends)
    expect(ended.url.searchParams.get('problem')).toBe('openid-stopped')
    await op.stop()
  })
})
