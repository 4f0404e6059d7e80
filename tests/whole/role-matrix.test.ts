import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readOperations, type Operation } from '../backend/app/operations.ts'
import { startProduct, type Product } from '../support/product.ts'

/**
 * Every operation of the product with every sort of caller. Who may what is written here a second time, from
 * docs/decisions/0030: a permission that is missing here fails the test, and so does an operation without one.
 */
const global = ['viewer', 'editor', 'org-admin', 'super-admin'] as const
const [all, fromEditor, fromOrgAdmin] = [global, global.slice(1), global.slice(2)]
const holders: Record<string, { global: readonly string[]; grant: readonly string[] }> = {
  'requests:read': { global: all, grant: ['viewer', 'operator', 'maintainer'] },
  'requests:write': { global: all, grant: ['operator', 'maintainer'] },
  'sources:read': { global: all, grant: ['viewer', 'operator', 'maintainer'] },
  'sources:write': { global: fromEditor, grant: ['maintainer'] },
  'tokens:read': { global: all, grant: [] },
  'tokens:write': { global: fromEditor, grant: [] },
  'organizations:read': { global: all, grant: ['viewer', 'operator', 'maintainer'] },
  'organizations:write': { global: fromOrgAdmin, grant: [] },
  'users:read': { global: fromOrgAdmin, grant: [] },
  'users:write': { global: fromOrgAdmin, grant: [] },
  'groups:read': { global: fromOrgAdmin, grant: [] },
  'groups:write': { global: fromOrgAdmin, grant: [] },
  'service-accounts:read': { global: fromOrgAdmin, grant: [] },
  'service-accounts:write': { global: fromOrgAdmin, grant: [] },
  'roles:read': { global: fromOrgAdmin, grant: [] },
  'roles:write': { global: fromOrgAdmin, grant: [] },
  'openid:read': { global: ['super-admin'], grant: [] },
  'openid:write': { global: ['super-admin'], grant: [] },
  'audit:read': { global: fromOrgAdmin, grant: [] },
  'system:read': { global: all, grant: [] },
}
/** What a session alone may do, which no token can. */
const browsersOnly = ['endOtherSessions', 'endSession', 'listSessions']

type Headers = Record<string, string>
type Caller = {
  name: string
  /** null: not let in at all. */
  role: (typeof global)[number] | null
  home: 'root' | 'below'
  grant?: string
  /** Of a token. */
  scopes?: (permission: string) => boolean
  confined?: boolean
  headers(permission: string): Promise<Headers>
}

let product: Product
let operations: Operation[]
let callers: Caller[]
let people: Awaited<ReturnType<typeof populate>>

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 } })
  // A sign-out ends the session, so it comes last.
  operations = (await readOperations(product)).toSorted(
    (a, b) => Number(a.id === 'signOut') - Number(b.id === 'signOut'),
  )
  people = await populate()
  callers = await everyCaller()
}, 120_000)

afterAll(() => product?.stop())

async function make<T>(path: string, json: object): Promise<T> {
  const answer = await product.api(`/api/v1${path}`, { json })
  const text = await answer.text()
  expect(answer.status, `${path}: ${text}`).toBe(201)
  return JSON.parse(text) as T
}

/** Organizations, a group, a service account, and a way to make people who are signed in. */
async function populate() {
  const north = await make<{ id: string }>('/organizations', { name: 'North' })
  const south = await make<{ id: string }>('/organizations', { name: 'South' })
  const group = await make<{ id: string }>('/groups', { name: 'A group' })
  const account = await make<{ id: string }>('/service-accounts', { name: 'An account', role: 'viewer' })
  async function person(name: string, role: string, organizationId?: string, grant?: string) {
    const email = `${name.replaceAll(' ', '-')}@indag.test`
    const { user, link } = await make<{ user: { id: string }; link: { url: string } }>('/users', {
      email,
      name,
      role,
      organizationId,
    })
    if (grant) {
      await make('/role-grants', { subjectType: 'user', subjectId: user.id, role: grant, resourceId: north.id })
    }
    const token = new URL(link.url).hash.slice('#token='.length)
    const done = await fetch(`${product.url}/auth/password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, password: `the long password of ${name}` }),
    })
    expect(done.status).toBe(200)
    const cookie = done.headers.getSetCookie()[0]!.split(';')[0]!
    return { id: user.id, link: token, headers: { cookie, 'sec-fetch-site': 'same-origin' } }
  }
  return { north, south, group, account, person }
}

async function everyCaller(): Promise<Caller[]> {
  const { person, north, south } = people
  const session = async (caller: Omit<Caller, 'headers'>): Promise<Caller> => {
    const home = caller.home === 'root' ? undefined : caller.grant ? south.id : north.id
    const { headers } = await person(caller.name, caller.role!, home, caller.grant)
    return { ...caller, headers: () => Promise.resolve(headers) }
  }
  const signedIn = await Promise.all([
    ...global.map((role) => session({ name: `${role} at the root`, role, home: 'root' })),
    ...global.slice(0, 3).map((role) => session({ name: `${role} below`, role, home: 'below' })),
    ...['viewer', 'operator', 'maintainer'].map((grant) =>
      session({ name: `${grant} by grant`, role: 'viewer', home: 'below', grant }),
    ),
  ])
  return [
    { name: 'nobody', role: null, home: 'root', headers: () => Promise.resolve({}) },
    ...signedIn,
    ...tokens(),
    ...(await disabled()),
  ]
}

/** Of the administrator. */
function tokens(): Caller[] {
  const made = new Map<string, Promise<Headers>>()
  const token = (name: string, scopes: string[], organizationId?: string): Promise<Headers> => {
    const known = made.get(name) ?? makeToken(name, scopes, organizationId)
    made.set(name, known)
    return known
  }
  const every = Object.keys(holders)
  return [
    {
      name: 'a token with the scope alone',
      role: 'super-admin',
      home: 'root',
      scopes: () => true,
      headers: (permission) => token(`only ${permission}`, every.includes(permission) ? [permission] : every),
    },
    {
      name: 'a token with every scope but that one',
      role: 'super-admin',
      home: 'root',
      scopes: () => false,
      headers: (permission) =>
        token(
          `but ${permission}`,
          every.filter((each) => each !== permission),
        ),
    },
    {
      name: 'a token limited to an organization',
      role: 'super-admin',
      home: 'root',
      scopes: () => true,
      confined: true,
      headers: () => token('confined', every, people.north.id),
    },
  ]
}

async function makeToken(name: string, scopes: string[], organizationId?: string): Promise<Headers> {
  const { token } = await make<{ token: string }>('/api-tokens', { name, scopes, organizationId })
  return { authorization: `Bearer ${token}` }
}

async function disabled(): Promise<Caller[]> {
  const { id, headers } = await people.person('disabled', 'org-admin')
  const answer = await fetch(`${product.url}/api/v1/api-tokens`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'of the disabled', scopes: Object.keys(holders) }),
  })
  const { token } = (await answer.json()) as { token: string }
  await product.api(`/api/v1/users/${id}`, { method: 'PATCH', json: { disabled: true } })
  const shared = { role: null, home: 'root' as const }
  return [
    { ...shared, name: 'a disabled user', headers: () => Promise.resolve(headers) },
    {
      ...shared,
      name: 'a token of a disabled user',
      headers: () => Promise.resolve({ authorization: `Bearer ${token}` }),
    },
  ]
}

/** What the declared permission says of this caller: 401, 403, or let in. */
function expected({ role, home, grant, scopes, confined }: Caller, operation: Operation): 401 | 403 | 'in' {
  const { permission, held, id } = operation
  if (permission === 'public') return 'in'
  if (role === null) return 401
  if (permission === 'signed-in') return scopes && browsersOnly.includes(id) ? 403 : 'in'
  const who = holders[permission]!
  const atHome = who.global.includes(role)
  const somewhere = atHome || (grant !== undefined && who.grant.includes(grant))
  const holds = held === 'somewhere' ? somewhere : atHome && home === 'root' && !confined
  return holds && (scopes?.(permission) ?? true) ? 'in' : 403
}

const id = '01980000-0000-7000-8000-000000000000'
const fill = (path: string): string =>
  path
    .replace('{slug}', 'virustotal')
    .replace('{name}', 'apiKey')
    .replaceAll(/\{\w*[iI]d\}/g, id)

async function call(operation: Operation, headers: Headers): Promise<Response> {
  return fetch(product.url + fill(operation.path), {
    method: operation.method,
    headers: { ...headers, ...(operation.fields ? { 'content-type': 'application/json' } : {}) },
    // Nothing that does anything: whoever is let in is refused for it, or for an id that is nobody's.
    ...(operation.fields ? { body: '{}' } : {}),
  })
}

test('every operation declares a permission that is in the table, and where it has to be held', () => {
  expect(operations.length).toBeGreaterThan(50)
  const odd = operations.filter(
    ({ permission, held }) =>
      !(permission in holders || permission === 'public' || permission === 'signed-in') ||
      !['everywhere', 'somewhere'].includes(held),
  )
  expect(odd.map((operation) => operation.id)).toEqual([])
})

test('every operation lets in whom its permission allows, and nobody else', async () => {
  const wrong: string[] = []
  let asked = 0
  for (const caller of callers) {
    for (const operation of operations) {
      const answer = await call(operation, await caller.headers(operation.permission))
      const text = await answer.text()
      const seen = answer.status === 401 || answer.status === 403 ? answer.status : 'in'
      const due = expected(caller, operation)
      asked += 1
      if (seen !== due || answer.status === 429 || answer.status >= 500) {
        wrong.push(`${caller.name}: ${operation.id} should be ${due}, is ${answer.status} ${text.slice(0, 200)}`)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(asked).toBe(callers.length * operations.length)
}, 120_000)

describe('what nobody is told again', () => {
  const sourceSecret = 'sk-a-key-that-only-the-provider-knows'
  const clientSecret = 'what only the issuer and we know'
  let ids: Record<string, string>
  let secrets: string[]
  let reader: Headers

  beforeAll(async () => {
    const set = await product.api('/api/v1/sources/virustotal/secrets/apiKey', {
      method: 'PUT',
      json: { value: sourceSecret, test: false },
    })
    expect(set.ok, await set.text()).toBe(true)
    const { id: user, link, headers } = await people.person('someone', 'editor')
    reader = (await people.person('reader', 'super-admin')).headers
    const { token } = await make<{ token: string }>(`/service-accounts/${people.account.id}/api-tokens`, {
      name: 'shown once',
      scopes: ['requests:read'],
    })
    const reset = await make<{ url: string }>(`/users/${user}/password-link`, {})
    const request = await product.api('/api/v1/requests', {
      json: { indicators: ['10.0.0.1'], sources: ['address-class'], wait: true },
    })
    await make('/openid-providers', {
      slug: 'company',
      name: 'Company',
      issuer: 'https://login.indag.test',
      clientId: 'indag',
      clientSecret,
    })
    ids = {
      organizations: people.north.id,
      users: user,
      groups: people.group.id,
      'service-accounts': people.account.id,
      requests: ((await request.json()) as { id: string }).id,
      audit: await entryAbout('source-secret.set'),
    }
    const session = headers.cookie.split('=')[1]!
    const shown = [sourceSecret, clientSecret, token, product.admin.token, product.admin.password, session, link]
    secrets = [...shown, new URL(reset.url).hash.slice('#token='.length), ...(await storedSecrets())]
  })

  /** The id of the newest entry of the audit log about such a change. */
  async function entryAbout(action: string): Promise<string> {
    const { items } = (await (await product.api(`/api/v1/audit?action=${action}`)).json()) as {
      items: { id: string }[]
    }
    return items[0]!.id
  }

  /** Hashes too, in the forms that a row could be answered in. */
  async function storedSecrets(): Promise<string[]> {
    const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
    const rows = await sql<{ text: string }[]>`
      select password_hash as text from identity.users where password_hash is not null
      union all select encode(secret_sha256, 'hex') from identity.api_tokens
      union all select encode(secret_sha256, 'hex') from identity.sessions
      union all select encode(secret_sha256, 'hex') from identity.password_links`
    await sql.end()
    return rows.flatMap(({ text }) =>
      text.startsWith('$') ? [text] : [text, Buffer.from(text, 'hex').toString('base64')],
    )
  }

  test('no answer of any reading operation holds a secret, a password hash or a token', async () => {
    expect(secrets.length).toBeGreaterThan(20)
    const reading = operations.filter((operation) => operation.method === 'GET')
    for (const operation of reading) {
      const path = operation.path
        .replace('openid-providers/{slug}', 'openid-providers/company')
        .replace('{slug}', 'virustotal')
        .replace(/(?<=\/([\w-]+)\/)\{id\}/, (_, resource: string) => ids[resource] ?? `no id of ${resource}`)
      expect(path, `${operation.id}: say in this test which one to read`).not.toMatch(/\{|no id of/)
      const answer = await fetch(product.url + path, { headers: reader })
      const text = await answer.text()
      expect(answer.status, `${operation.id}: ${text.slice(0, 200)}`).toBe(200)
      for (const secret of secrets) expect(text.includes(secret), `${operation.id} tells a secret`).toBe(false)
    }
  })
})
