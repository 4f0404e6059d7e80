import { generateKeyPairSync } from 'node:crypto'
import type { Server } from 'node:http'
import Provider, { type Configuration } from 'oidc-provider'
import { freePort } from '../../scripts/postgres/free-port.ts'

export type Account = Record<string, unknown> & { sub?: string }
export type RegisteredClient = { id: string; secret: string; redirectUris: string[] }

export type OpenIdProviderOptions = {
  clients: RegisteredClient[]
  /** Claims by the login that a person types; without an entry a verified e-mail is made of the login. */
  accounts?: Record<string, Account>
  /** Claims of accounts come in the user info only, the ID token has none but `sub`. */
  claimsInUserInfoOnly?: boolean
  port?: number
}

export type StartedOpenIdProvider = {
  issuer: string
  port: number
  /** Set during a test: the next sign-in has these claims. */
  accounts: Record<string, Account>
  stop(): Promise<void>
}

/**
 * A real, certified OpenID provider (`oidc-provider`) on loopback, with a signing key of its own: started again on the
 * same port it has rotated its key. People type any login and password.
 */
export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<StartedOpenIdProvider> {
  const port = options.port ?? (await freePort())
  const issuer = `http://127.0.0.1:${port}`
  const accounts = options.accounts ?? {}
  const provider = quietly(() => new Provider(issuer, configuration(options, accounts)))
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = provider.listen(port, '127.0.0.1', () => resolve(listening))
  })
  return {
    issuer,
    port,
    accounts,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function configuration(options: OpenIdProviderOptions, accounts: Record<string, Account>): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...privateKey.export({ format: 'jwk' }), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' }
  const claimsOf = (login: string): Account & { sub: string } => ({
    email: `${login}@example.org`,
    email_verified: true,
    name: login,
    ...accounts[login],
    sub: accounts[login]?.sub ?? login,
  })
  return {
    clients: options.clients.map(({ id, secret, redirectUris }) => ({
      client_id: id,
      client_secret: secret,
      redirect_uris: redirectUris,
      grant_types: ['authorization_code'],
      response_types: ['code'],
    })),
    jwks: { keys: [key as never] },
    cookies: { keys: ['a key of the tests'] },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
      groups: ['groups', 'realm_access'],
    },
    scopes: ['openid', 'email', 'profile', 'groups'],
    conformIdTokenClaims: options.claimsInUserInfoOnly ?? false,
    ttl: { Interaction: 3_600, Session: 3_600, Grant: 3_600, AccessToken: 3_600, IdToken: 3_600 },
    pkce: { required: () => true },
    findAccount: (_context, login) => ({ accountId: login, claims: () => Promise.resolve(claimsOf(login)) }),
  }
}

/** It warns of being a development set-up, which it is. */
function quietly<T>(make: () => T): T {
  const { info, warn } = console
  console.info = () => {}
  console.warn = () => {}
  try {
    return make()
  } finally {
    console.info = info
    console.warn = warn
  }
}
