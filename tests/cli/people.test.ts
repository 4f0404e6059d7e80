import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiToken, Items, Organization, PasswordLink, UserRecord } from '../../cli/api/shapes.ts'
import { type Product, startProduct } from '../support/product.ts'
import { indag } from './run-indag.ts'

let product: Product
let env: Record<string, string>

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 } })
  env = { INDAG_URL: product.url, INDAG_TOKEN: product.admin.token }
})
afterAll(() => product?.stop())

const run = (words: string, token = env['INDAG_TOKEN'] ?? '') =>
  indag(words.split(' '), { env: { ...env, INDAG_TOKEN: token } })
const json = async <T>(words: string) => JSON.parse((await run(`${words} --json`)).out) as T
const setPassword = (url: string, password: string) =>
  fetch(`${product.url}/auth/password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: new URL(url).hash.slice('#token='.length), password }),
  })
const signIn = (password: string) =>
  fetch(`${product.url}/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'eve@example.org', password }),
  })

describe('indag organization', () => {
  it('creates one, prints its slug alone on standard output, and shows it in the tree', async () => {
    const made = await indag(['organization', 'create', 'North West'], { env })
    expect(made).toMatchObject({ code: 0, out: 'north-west\n', err: 'Created "North West".\n' })
    await run('organization create Harbour --below north-west')
    const { out } = await run('organization list')
    expect(out).toMatch(/^ORGANIZATION +NAME +STATE\n\S+ +Main organization +in use\n {2}north-west .*\n {4}harbour /)
  })

  it('moves one, and the plain list says below which it stands now', async () => {
    await run('organization create South')
    expect(await run('organization move harbour --below south')).toMatchObject({
      code: 0,
      err: 'Moved "Harbour" below "South".\n',
    })
    expect((await run('organizations list --plain')).out).toContain('harbour\tHarbour\tsouth\n')
    const { items } = await json<Items<Organization>>('organization list')
    expect(items.map(({ slug }) => slug).toSorted()).toEqual(expect.arrayContaining(['harbour', 'north-west', 'south']))
  })

  it('refuses one that is not there and one that would stand below itself, with what comes next', async () => {
    const missing = await run('organization move nowhere --below south')
    expect(missing).toMatchObject({ code: 1, out: '' })
    expect(missing.err).toMatch(/no organization "nowhere"[\s\S]*Next: indag organization list/)
    const circle = await run('organization move south --below harbour')
    expect(circle).toMatchObject({ code: 1, out: '', err: expect.stringContaining('below the organization itself') })
    expect(await run('organization move south')).toMatchObject({ code: 2, err: expect.stringContaining('--below') })
  })
})

describe('indag user', () => {
  it('invites somebody: the link alone is data, and lets them in', async () => {
    const invited = await run('user invite eve@example.org --role editor --organization north-west')
    expect(invited.code).toBe(0)
    expect(invited.out).toMatch(/^https?:\/\/\S+\/set-password#token=\S+\n$/)
    expect(invited.err).toContain('eve@example.org is invited as editor')
    expect((await run('user list --plain')).out).toContain('eve@example.org\teditor\tinvited\tnorth-west\teve\n')
    expect((await setPassword(invited.out.trim(), 'a long walk in the rain')).status).toBe(200)
    expect((await run('users list -q eve')).out).toMatch(/eve@example\.org +editor +active +north-west +eve/)
  })

  it('refuses a second invitation, and a role that there is not', async () => {
    expect(await run('user invite eve@example.org')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('email: is the e-mail of another user. Use another address.'),
    })
    expect(await run('user invite new@example.org --role king')).toMatchObject({ code: 1, out: '' })
    expect(await run('user invite')).toMatchObject({ code: 2, out: '' })
  })

  it('gives another role', async () => {
    const changed = await json<UserRecord>('user role EVE@example.org org-admin')
    expect(changed).toMatchObject({ email: 'eve@example.org', role: 'org-admin' })
    const admins = await json<Items<UserRecord>>('user list --role org-admin')
    expect(admins.items.map(({ email }) => email)).toEqual(['eve@example.org'])
  })

  it('disables and enables', async () => {
    expect(await run('user disable eve@example.org')).toMatchObject({
      code: 0,
      out: '',
      err: 'eve@example.org is disabled, with the role org-admin.\n',
    })
    expect((await signIn('a long walk in the rain')).status).toBe(403)
    expect((await run('user enable eve@example.org')).code).toBe(0)
    expect((await signIn('a long walk in the rain')).status).toBe(200)
  })

  it('makes a reset link, after which the old password is no good', async () => {
    const link = await json<PasswordLink>('user reset eve@example.org')
    expect(link.purpose).toBe('reset')
    await setPassword(link.url, 'another walk in the snow')
    expect((await signIn('a long walk in the rain')).status).toBe(401)
    expect((await signIn('another walk in the snow')).status).toBe(200)
  })

  it('does not take the last administrator', async () => {
    const refused = await run(`user role ${product.admin.email} viewer`)
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('last enabled super-admin') })
  })

  it('leads from a user who is not there to the list', async () => {
    const missing = await run('user disable nobody@example.org')
    expect(missing).toMatchObject({ code: 1, out: '' })
    expect(missing.err).toMatch(/no user with the e-mail "nobody@example.org"[\s\S]*Next: indag user list/)
  })

  it('is refused to a token without the scope, in words that name it', async () => {
    const { token } = await json<ApiToken & { token: string }>('token create narrow --scope requests:read')
    const refused = await run('user list', token)
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('users:read') })
  })
})

describe('indag token', () => {
  it('creates, lists and revokes; the plural is understood', async () => {
    const { token } = await json<ApiToken & { token: string }>('tokens create ci --scope requests:read')
    expect((await run('token list', token)).code).toBe(1)
    expect((await run('tokens list')).out).toMatch(/^ci +….{4} +active/m)
    expect((await run('token revoke ci')).code).toBe(0)
    const refused = await run('check 1.1.1.1', token)
    expect(refused).toMatchObject({
      code: 4,
      out: '',
      err: expect.stringMatching(/"ci" was revoked[\s\S]*indag login/),
    })
  })
})
