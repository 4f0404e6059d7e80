import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startProduct, type Product } from '../../support/product.ts'
import { expectProblem, readOperations, type Operation } from './operations.ts'

/** Whoever adds a public operation says so here. */
const publicOperations = [
  'completeSetup',
  'getClientConfig',
  'getSetup',
  'getSignInProblem',
  'listSignInProviders',
  'setPassword',
  'signIn',
  'signOut',
]

/** What a viewer may not do. */
const notForViewers = [
  'addGroupMember',
  'addIgnoreEntry',
  'changeGroup',
  'changeOpenIdProvider',
  'changeOrganization',
  'changeProvider',
  'changeSecret',
  'changeServiceAccount',
  'changeSource',
  'changeUser',
  'createApiToken',
  'createGroup',
  'createOpenIdProvider',
  'createOrganization',
  'createPasswordLink',
  'createServiceAccount',
  'createServiceAccountToken',
  'deleteGroup',
  'deleteIgnoreEntry',
  'deleteOpenIdProvider',
  'deleteOrganization',
  'deleteSecret',
  'endUserSession',
  'endUserSessions',
  'exportAuditEntries',
  'getAuditEntry',
  'getGroup',
  'getOpenIdProvider',
  'getServiceAccount',
  'getUser',
  'grantRole',
  'inviteUser',
  'listAuditEntries',
  'listGroupMembers',
  'listGroups',
  'listOpenIdProviders',
  'listOpenIdTrials',
  'listRoleGrants',
  'listServiceAccountTokens',
  'listServiceAccounts',
  'listUserSessions',
  'listUsers',
  'loadList',
  'removeGroupMember',
  'restoreDeleted',
  'revokeApiToken',
  'revokeRoleGrant',
  'revokeServiceAccountToken',
  'rotateSecrets',
  'setSecret',
  'testOpenIdProvider',
  'tryOpenIdProvider',
  'verifyAudit',
]

let product: Product
let operations: Operation[]
let allScopes: string[]

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 } })
  operations = await readOperations(product)
  allScopes = ((await (await product.api('/api/v1/me')).json()) as { scopes: string[] }).scopes
}, 120_000)

afterAll(() => product?.stop())

const id = '01980000-0000-7000-8000-000000000000'
const fill = (path: string): string =>
  path
    .replace('{slug}', 'virustotal')
    .replace('{name}', 'apiKey')
    .replaceAll(/\{\w*[iI]d\}/g, id)

const call = (operation: Operation, headers: Record<string, string>): Promise<Response> =>
  fetch(product.url + fill(operation.path), {
    method: operation.method,
    headers: { ...headers, ...(operation.fields ? { 'content-type': 'application/json' } : {}) },
    // Not valid for any: who may not call learns nothing from validation.
    ...(operation.fields ? { body: '{"noSuchField":1}' } : {}),
  })

async function tokenWith(scopes: string[]): Promise<string> {
  const answer = await product.api('/api/v1/api-tokens', {
    json: { name: `scopes ${scopes.join(' ').slice(0, 60)} ${Math.random()}`, scopes },
  })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { token: string }).token
}

describe('without credentials', () => {
  test('the public operations are these and no others', () => {
    const open = operations.filter((operation) => operation.permission === 'public').map((operation) => operation.id)
    expect(open.toSorted()).toEqual(publicOperations)
  })

  test('every other operation is refused with 401 and says how to sign in', async () => {
    const closed = operations.filter((operation) => !publicOperations.includes(operation.id))
    expect(closed.length).toBeGreaterThan(20)
    for (const operation of closed) {
      const answer = await call(operation, {})
      const problem = await expectProblem(answer, operation.id)
      expect(problem, operation.id).toMatchObject({
        status: 401,
        code: 'unauthenticated',
        detail: expect.stringContaining('Bearer') as string,
      })
      expect(answer.headers.get('www-authenticate'), operation.id).toContain('Bearer')
    }
  })

  test('a token that nobody made, and a cookie that nobody got, are refused everywhere', async () => {
    const odd = [
      { authorization: `Bearer indag_${'a'.repeat(49)}` },
      { authorization: 'Basic YTpi' },
      { cookie: `indag_session=${'b'.repeat(43)}`, origin: product.url },
    ]
    for (const operation of operations.filter((each) => !publicOperations.includes(each.id))) {
      for (const headers of odd)
        expect(
          (await expectProblem(await call(operation, headers as Record<string, string>), operation.id)).status,
        ).toBe(401)
    }
  })

  test('the places outside the API that need no sign-in are these', async () => {
    for (const path of ['/livez', '/readyz', '/openapi.json'])
      expect((await fetch(product.url + path)).status, path).toBe(200)
    expect((await fetch(`${product.url}/metrics`)).status).toBe(401)
    expect((await product.api('/metrics')).status).toBe(200)
    for (const path of [
      '/.env',
      '/../backend/main.ts',
      '/%2e%2e/package.json',
      '/assets/..%2f..%2f..%2fpackage.json',
      '/..%5c..%5cpackage.json',
    ]) {
      const answer = await fetch(product.url + path)
      expect(await answer.text(), path).not.toContain('"workspaces"')
    }
  })
})

describe('a token', () => {
  test('that has every scope but the needed one is out of scope, and is told which it lacks', async () => {
    const scoped = operations.filter((operation) => operation.permission.includes(':'))
    for (const [permission, needing] of Map.groupBy(scoped, (operation) => operation.permission)) {
      const token = await tokenWith(allScopes.filter((scope) => scope !== permission))
      for (const operation of needing) {
        const problem = await expectProblem(await call(operation, { authorization: `Bearer ${token}` }), operation.id)
        expect(problem, operation.id).toMatchObject({
          status: 403,
          code: 'out-of-scope',
          detail: expect.stringContaining(permission) as string,
        })
      }
    }
  })

  test('that has only the needed scope passes', async () => {
    for (const operation of operations.filter((each) => each.permission.includes(':') && each.method === 'GET')) {
      const token = await tokenWith([operation.permission])
      const answer = await call(operation, { authorization: `Bearer ${token}` })
      expect([200, 404], operation.id).toContain(answer.status)
      await answer.body?.cancel()
    }
  })

  test('cannot make one that may do more than itself', async () => {
    const token = await tokenWith(['tokens:write', 'requests:read'])
    const make = (scopes: string[]): Promise<Response> =>
      fetch(`${product.url}/api/v1/api-tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: scopes.join(), scopes }),
      })
    expect((await make(['requests:read'])).status).toBe(201)
    expect((await expectProblem(await make(['requests:read', 'sources:write']), 'more')).code).toBe('out-of-scope')
  })

  test('that was revoked is refused at once, and says so', async () => {
    const created = (await (
      await product.api('/api/v1/api-tokens', { json: { name: 'short-lived', scopes: ['requests:read'] } })
    ).json()) as { id: string; token: string }
    const ask = (): Promise<Response> =>
      fetch(`${product.url}/api/v1/requests`, { headers: { authorization: `Bearer ${created.token}` } })
    expect((await ask()).status).toBe(200)
    expect((await product.api(`/api/v1/api-tokens/${created.id}`, { method: 'DELETE' })).status).toBe(204)
    expect(await expectProblem(await ask(), 'revoked')).toMatchObject({ status: 401, code: 'token-revoked' })
  })
})

describe('a viewer', () => {
  let token: string
  let before: string

  beforeAll(async () => {
    token = await tokenWith(allScopes)
    const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
    const [row] = await sql<{ role: string }[]>`select role from identity.users where email = ${product.admin.email}`
    before = row!.role
    // The last administrator with a password cannot be demoted.
    await sql`
      insert into identity.users (id, email, name, role, password_hash, created_at)
      values (gen_random_uuid(), 'spare@indag.test', 'Spare', 'super-admin', 'nobody knows it', now())`
    await sql`update identity.users set role = 'viewer' where email = ${product.admin.email}`
    await sql.end()
    // Who a caller is may be remembered for a moment.
    await vi.waitFor(async () => {
      const { user } = (await (await product.api('/api/v1/me')).json()) as { user: { role: string } }
      expect(user.role).toBe('viewer')
    }, 20_000)
  })

  afterAll(async () => {
    const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
    await sql`update identity.users set role = ${before} where email = ${product.admin.email}`
    await sql.end()
  })

  test('may read and ask, and changes nothing; the refusal names the permission and the role that has it', async () => {
    const refused: string[] = []
    for (const operation of operations.filter((each) => each.permission.includes(':'))) {
      const answer = await call(operation, { authorization: `Bearer ${token}` })
      if (answer.status !== 403) {
        expect([200, 404, 422], operation.id).toContain(answer.status)
        await answer.body?.cancel()
        continue
      }
      refused.push(operation.id)
      const problem = await expectProblem(answer, operation.id)
      expect(problem, operation.id).toMatchObject({
        code: 'forbidden',
        detail: expect.stringContaining(operation.permission) as string,
      })
      expect(problem.detail).toMatch(/role (editor|org-admin|super-admin) has it/)
    }
    expect(refused.toSorted()).toEqual(notForViewers)
  })

  test('gets no secret from any answer', async () => {
    const answer = await fetch(`${product.url}/api/v1/sources/virustotal`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(Object.keys(((await answer.json()) as { secrets: object[] }).secrets[0]!)).not.toContain('value')
  })
})
