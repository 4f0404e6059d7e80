import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How the next answer departs from the truth. */
export type Lie = {
  claims?: Record<string, unknown>
  /** Claims that are left out. */
  without?: string[]
  header?: Record<string, unknown>
  /** Signed with a key that was never published, or not at all. */
  signature?: 'foreign' | 'none'
  /** The parameter `iss` of the callback; null leaves it out. */
  callbackIssuer?: string | null
  /** Parameters of the callback in place of the code. */
  callback?: Record<string, string>
  discovery?: Record<string, unknown>
  /** The status of every answer. */
  status?: number
  /** What the token endpoint answers with the status 400. */
  tokenError?: Record<string, string>
  userInfo?: Record<string, unknown>
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An issuer that keeps to the protocol but for one lie at a time, as `oidc-provider` never would. Everybody is Mallory. */
export async function startLyingIssuer() {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const state = { lie: {} as Lie, nonce: '', clientId: '', tokenRequests: [] as URLSearchParams[] }
  const server: Server = createServer((request, response) => {
    void answer(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(request: IncomingMessage) {
    const url = new URL(request.url ?? '/', issuer)
    const json = (body: unknown, status = 200) => ({
      status: state.lie.status ?? status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (url.pathname === '/.well-known/openid-configuration')
      return json({ ...discovery(issuer), ...state.lie.discovery })
    if (url.pathname === '/jwks') {
      return json({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' }] })
    }
    if (url.pathname === '/authorize') return { status: 302, headers: { location: wayBack(url) }, body: '' }
    if (url.pathname === '/userinfo') return json({ sub: 'mallory', ...state.lie.userInfo })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    state.tokenRequests.push(new URLSearchParams(Buffer.concat(chunks).toString()))
    if (state.lie.tokenError) return json(state.lie.tokenError, 400)
    return json({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: idToken() })
  }

  function wayBack(url: URL): string {
    const { searchParams: asked } = url
    const back = new URL(asked.get('redirect_uri') ?? '')
    const isProbe = asked.get('prompt') === 'none'
    if (!isProbe) {
      state.nonce = asked.get('nonce') ?? ''
      state.clientId = asked.get('client_id') ?? ''
    }
    const said = isProbe ? { error: 'login_required' } : (state.lie.callback ?? { code: 'a-code' })
    for (const [name, value] of Object.entries(said)) back.searchParams.set(name, value)
    back.searchParams.set('state', asked.get('state') ?? '')
    const iss = state.lie.callbackIssuer === undefined ? issuer : state.lie.callbackIssuer
    if (iss !== null) back.searchParams.set('iss', iss)
    return back.href
  }

  function idToken(): string {
    const now = Math.floor(Date.now() / 1000)
    const claims: Record<string, unknown> = {
      iss: issuer,
      sub: 'mallory',
      aud: state.clientId,
      iat: now,
      exp: now + 60,
      nonce: state.nonce,
      email: 'mallory@example.org',
      email_verified: true,
      groups: ['staff'],
      ...state.lie.claims,
    }
    for (const name of state.lie.without ?? []) delete claims[name]
    const text = `${base64({ alg: 'RS256', kid: 'own', ...state.lie.header })}.${base64(claims)}`
    if (state.lie.signature === 'none') return `${text}.`
    return `${text}.${sign(text, state.lie.signature === 'foreign' ? foreign.privateKey : own.privateKey)}`
  }

  return {
    issuer,
    tokenRequests: state.tokenRequests,
    /** From now on; `{}` is the truth. */
    lie: (lie: Lie) => void (state.lie = lie),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sign(text: string, key: KeyObject): string {
  return createSign('RSA-SHA256').update(text).sign(key).toString('base64url')
}

function discovery(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ['S256'],
  }
}
