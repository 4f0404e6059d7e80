import { afterAll, beforeAll, expect, test } from 'vitest'
import postgres from 'postgres'
import { startProduct, type Product } from '../../../support/product.ts'

/** Why a route that changes something leaves no entry. Whoever adds to this list has to have a reason. */
const silent = [
  'addBrowserSpans',
  'createRequest',
  'extractIndicators',
  'previewRequest',
  'testOpenIdProvider',
  'tryOpenIdProvider',
  'verifyAudit',
]

type Headers = Record<string, string>
type Described = { operationId: string; 'x-audit'?: string | { none: string } }
type Entry = Record<string, unknown> & { action: string; requestId: string; outcome: string }

let product: Product
let sql: postgres.Sql
/** Everything that nobody may find in the log. */
const secrets = ['correct horse battery staple']
/** The request ids of the calls of each operation that succeeded. */
const made = new Map<string, string[]>()

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 }, admin: false })
  sql = postgres(product.databaseUrl, { max: 2, onnotice: () => {} })
}, 120_000)
afterAll(async () => {
  await sql?.end()
  await product?.stop()
})

const secret = (text: string): string => {
  secrets.push(text)
  return text
}
const hashOf = (url: string) => secret(new URL(url).hash.slice('#token='.length))

async function call<T = Record<string, unknown>>(
  id: string,
  method: string,
  path: string,
  by: Headers,
  body?: unknown,
): Promise<T & { cookie: Headers }> {
  const text = typeof body === 'string'
  const answer = await fetch(product.url + path, {
    method,
    headers: { ...by, ...(body === undefined ? {} : { 'content-type': text ? 'text/plain' : 'application/json' }) },
    ...(body === undefined ? {} : { body: text ? body : JSON.stringify(body) }),
  })
  const said = await answer.text()
  expect(answer.ok, `${id}: ${answer.status} ${said}`).toBe(true)
  made.set(id, [...(made.get(id) ?? []), answer.headers.get('x-request-id')!])
  const set = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  if (/=./.test(set)) secret(set.split('=')[1]!)
  const cookie = { cookie: set, 'sec-fetch-site': 'same-origin' }
  return { ...(said.startsWith('{') ? (JSON.parse(said) as T) : ({} as T)), cookie }
}

const v1 = '/api/v1'
type Made = { id: string }

/** Calls every operation that changes something at least once, with success. */
async function changeEverything(): Promise<void> {
  const password = secret('a long walk in the rain')
  const setup = hashOf(product.setupUrl!)
  const body = { token: setup, email: 'ada@example.org', name: 'Ada', password }
  let { cookie: admin } = await call('completeSetup', 'POST', `${v1}/setup`, {}, body)
  const post = async <T = Made>(id: string, path: string, json: unknown = {}): Promise<T & { cookie: Headers }> =>
    call<T>(id, 'POST', v1 + path, admin, json)

  const signIn = () => call('signIn', 'POST', '/auth/sign-in', {}, { email: 'ada@example.org', password })
  const { cookie: second } = await signIn()
  await call('signOut', 'POST', '/auth/sign-out', second)
  await signIn()
  const { items } = (await (await fetch(`${product.url}${v1}/sessions`, { headers: admin })).json()) as {
    items: { id: string; current: boolean }[]
  }
  await call('endSession', 'DELETE', `${v1}/sessions/${items.find(({ current }) => !current)!.id}`, admin)
  await signIn()
  await call('endOtherSessions', 'DELETE', `${v1}/sessions`, admin)
  await call('changeMe', 'PATCH', `${v1}/me`, admin, { name: 'Ada the first' })
  const changed = { currentPassword: password, password: secret('another walk in the rain') }
  const again = await call('changePassword', 'POST', `${v1}/me/password`, admin, changed)
  if (again.cookie['cookie']) admin = again.cookie

  const north = (await post('createOrganization', '/organizations', { name: 'North' })).id
  await call('changeOrganization', 'PATCH', `${v1}/organizations/${north}`, admin, { name: 'The north' })
  const invited = await post<{ user: Made; link: { url: string } }>('inviteUser', '/users', {
    email: 'una@example.org',
    name: 'Una',
    role: 'viewer',
    organizationId: north,
  })
  const una = invited.user.id
  const join = async (url: string) =>
    call('setPassword', 'POST', '/auth/password', {}, { token: hashOf(url), password: secret('una walks in the rain') })
  await join(invited.link.url)
  await join((await post<{ url: string }>('createPasswordLink', `/users/${una}/password-link`)).url)
  const sessions = (await (await fetch(`${product.url}${v1}/users/${una}/sessions`, { headers: admin })).json()) as {
    items: Made[]
  }
  await call('endUserSession', 'DELETE', `${v1}/users/${una}/sessions/${sessions.items[0]!.id}`, admin)
  await call('endUserSessions', 'DELETE', `${v1}/users/${una}/sessions`, admin)
  await call('changeUser', 'PATCH', `${v1}/users/${una}`, admin, { role: 'editor' })

  const group = (await post('createGroup', '/groups', { name: 'A group', organizationId: north })).id
  await call('changeGroup', 'PATCH', `${v1}/groups/${group}`, admin, { description: 'of people' })
  await call('addGroupMember', 'PUT', `${v1}/groups/${group}/members/${una}`, admin)
  const wish = { subjectType: 'group', subjectId: group, role: 'operator', resourceType: 'organization' }
  const grant = (await post('grantRole', '/role-grants', { ...wish, resourceId: north })).id
  await call('revokeRoleGrant', 'DELETE', `${v1}/role-grants/${grant}`, admin)
  await call('removeGroupMember', 'DELETE', `${v1}/groups/${group}/members/${una}`, admin)
  await call('deleteGroup', 'DELETE', `${v1}/groups/${group}`, admin)

  const account = (await post('createServiceAccount', '/service-accounts', { name: 'Robot', role: 'viewer' })).id
  await call('changeServiceAccount', 'PATCH', `${v1}/service-accounts/${account}`, admin, { name: 'The robot' })
  const scopes = ['requests:read']
  const robots = await post<Made & { token: string }>(
    'createServiceAccountToken',
    `/service-accounts/${account}/api-tokens`,
    {
      name: 'robot token',
      scopes,
    },
  )
  await call('revokeServiceAccountToken', 'DELETE', `${v1}/service-accounts/${account}/api-tokens/${robots.id}`, admin)
  const own = await post<Made & { token: string }>('createApiToken', '/api-tokens', { name: 'own', scopes })
  await call('revokeApiToken', 'DELETE', `${v1}/api-tokens/${own.id}`, admin)
  for (const { token } of [robots, own]) secret(token)
  const empty = (await post('createOrganization', '/organizations', { name: 'Empty' })).id
  await call('deleteOrganization', 'DELETE', `${v1}/organizations/${empty}`, admin)

  await post('createOpenIdProvider', '/openid-providers', {
    slug: 'company',
    name: 'Company',
    issuer: 'https://login.example.org',
    clientId: 'indag',
    clientSecret: secret('the-secret-of-the-client'),
  })
  await call('changeOpenIdProvider', 'PATCH', `${v1}/openid-providers/company`, admin, {
    clientSecret: secret('a-newer-secret-of-the-client'),
    allowedDomains: ['example.org'],
  })
  await call('deleteOpenIdProvider', 'DELETE', `${v1}/openid-providers/company`, admin)

  await call('changeSource', 'PATCH', `${v1}/sources/virustotal`, admin, { enabled: false })
  await call('changeProvider', 'PATCH', `${v1}/providers/virustotal`, admin, { enabled: false })
  const key = secret('sk-a-key-that-only-the-provider-knows')
  await call('setSecret', 'PUT', `${v1}/sources/virustotal/secrets/apiKey`, admin, { value: key, test: false })
  await call('changeSecret', 'PATCH', `${v1}/sources/virustotal/secrets/apiKey`, admin, { expiresAt: null })
  await call('rotateSecrets', 'POST', `${v1}/secrets/rotate`, admin)
  await call('deleteSecret', 'DELETE', `${v1}/sources/virustotal/secrets/apiKey`, admin)
  const soon = new Date(Date.now() + 86_400_000).toISOString()
  const ending = { value: secret('a-key-that-is-of-use-for-a-day'), test: false, expiresAt: soon }
  await call('setSecret', 'PUT', `${v1}/sources/abuseipdb/secrets/apiKey`, admin, ending)
  const told = await expect
    .poll(async () => {
      const answer = await fetch(`${product.url}${v1}/notifications`, { headers: admin })
      return ((await answer.json()) as { items: Made[] }).items
    })
    .toHaveLength(1)
    .then(async () => (await fetch(`${product.url}${v1}/notifications`, { headers: admin })).json())
  await post('dismissNotification', `/notifications/${(told as { items: Made[] }).items[0]!.id}/dismiss`)
  await call('loadList', 'PUT', `${v1}/sources/own-values/dataset`, admin, '192.0.2.1\n192.0.2.2\n')
  const entry = (
    await post('addIgnoreEntry', '/ignore-lists', {
      scope: 'global',
      match: 'suffix',
      value: 'example.org',
      reason: 'own',
    })
  ).id
  await call('deleteIgnoreEntry', 'DELETE', `${v1}/ignore-lists/${entry}`, admin)
  const found = (await (
    await fetch(`${product.url}${v1}/audit?action=ignore-entry.delete`, { headers: admin })
  ).json()) as { items: Made[] }
  await call('restoreDeleted', 'POST', `${v1}/audit/${found.items[0]!.id}/restore`, admin)
}

test('every operation that changes something leaves its entry, with no secret in it', async () => {
  await changeEverything()
  const document = (await (await fetch(`${product.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Described>>
  }
  const changes = Object.values(document.paths).flatMap((methods) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'get')
      .map(([, operation]) => operation),
  )
  const [loud, quiet] = [changes.filter((one) => typeof one['x-audit'] === 'string'), changes.filter(isSilent)]
  expect(loud.length + quiet.length).toBe(changes.length)
  expect(quiet.map(({ operationId }) => operationId).toSorted()).toEqual(silent)
  expect(quiet.map((one) => (one['x-audit'] as { none: string }).none.length > 10)).not.toContain(false)
  // A new operation has to be called above, or it fails here.
  expect([...made.keys()].toSorted()).toEqual(loud.map(({ operationId }) => operationId).toSorted())

  const rows = await sql<{ content: string }[]>`select content from identity.audit_entries order by sequence`
  const entries = rows.map(({ content }) => JSON.parse(content) as Entry)
  const missing = loud.flatMap(({ operationId, 'x-audit': said }) =>
    made.get(operationId)!.flatMap((requestId) => {
      const action = said as string
      const told = entries.filter((entry) => entry.requestId === requestId)
      const fits = told.some((entry) => entry.outcome === 'done' && isAction(entry.action, action))
      return fits ? [] : [`${operationId}: ${action}, told ${told.map((one) => one.action).join() || 'nothing'}`]
    }),
  )
  expect(missing).toEqual([])

  const written = rows.map(({ content }) => content).join('\n')
  expect(secrets.length).toBeGreaterThan(20)
  expect(secrets.filter((each) => each.length < 12 || written.includes(each))).toEqual([])
  expect(written).not.toMatch(/\$argon2|indag_[\w-]{10}/)
  // A type of resource with a field that nobody has named in kept-fields.ts would be of no use to a reader.
  expect(written.replaceAll('"clientSecret":"[withheld]"', '')).not.toContain('[withheld]')
}, 120_000)

test('and who, when, from where, in which request and trace', async () => {
  const [row] = await sql<{ content: string }[]>`
    select content from identity.audit_entries where action = 'group.create' and outcome = 'done'`
  expect(JSON.parse(row!.content)).toMatchObject({
    actor: {
      name: 'Ada the first',
      kind: 'person',
      via: 'session',
      address: expect.stringMatching(/127\.0\.0\.1|::1/),
    },
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    requestId: made.get('createGroup')![0],
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    before: null,
    after: { name: 'A group', description: '' },
  })
})

function isSilent(one: Described): boolean {
  return typeof one['x-audit'] === 'object'
}

function isAction(told: string, declared: string): boolean {
  return declared.startsWith('*') ? told.endsWith(declared.slice(1)) : told === declared
}
