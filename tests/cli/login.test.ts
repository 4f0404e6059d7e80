import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newToken } from '../../backend/identity/index.ts'
import { startIdentity, type StartedIdentity } from '../backend/identity/start-identity.ts'
import { testDatabase, type TestDatabase } from '../support/postgres.ts'
import { indag, indagInTerminal } from './run-indag.ts'

let database: TestDatabase
let product: StartedIdentity
let config: string
let env: Record<string, string>
const token = newToken()

beforeEach(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql, { clock: { now: () => Date.now() } })
  await product.identity.installAdmin({ email: 'ops@example.org', token })
  config = await mkdtemp(join(tmpdir(), 'indag-config-'))
  env = { XDG_CONFIG_HOME: config, INDAG_URL: product.url }
})
afterEach(async () => {
  await product.close()
  await database.drop()
  await rm(config, { recursive: true })
})

const file = () => join(config, 'indag', 'config.json')

describe('indag login', () => {
  it('takes a token from standard input, tries it, and stores it for its owner alone', async () => {
    const run = await indag(['login', '--token-stdin'], { env, input: `${token}\n` })
    expect(run).toMatchObject({ code: 0, out: '', err: expect.stringContaining('as ops (super-admin)') })
    expect(run.err).not.toContain(token)
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect(await indag(['token', 'list'], { env: { XDG_CONFIG_HOME: config } })).toMatchObject({ code: 0, err: '' })
  })

  it('asks in a terminal, and does not show the token', async () => {
    const asked = await indagInTerminal(['login'], { XDG_CONFIG_HOME: config }, [
      { when: /Server \[http:\/\/localhost:8080\]: /, type: product.url },
      { when: /API token \(not shown\): /, type: token },
    ])
    expect(asked.out).toContain(`Signed in at ${product.url}`)
    expect(asked.out).not.toContain(token)
    expect(asked.code).toBe(0)
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ url: product.url, token })
  })

  it('refuses a wrong token with what is wrong, exit 4, and stores nothing', async () => {
    const wrong = `${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`
    const run = await indag(['login', '--token-stdin'], { env, input: wrong })
    expect(run).toMatchObject({ code: 4, err: expect.stringContaining('checksum is wrong') })
    await expect(readFile(file())).rejects.toThrow('ENOENT')
  })

  it('never asks without a terminal, or with --no-input', async () => {
    expect(await indag(['login'], { env })).toMatchObject({ code: 2, err: expect.stringContaining('--token-stdin') })
    expect((await indagInTerminal(['login', '--no-input'], env)).code).toBe(2)
  })

  it('refuses an empty token', async () => {
    expect(await indag(['login', '--token-stdin'], { env, input: '\n' })).toMatchObject({ code: 2 })
  })
})

it('refuses an INDAG_TOKEN that cannot be a token, before anything is sent', async () => {
  const run = await indag(['token', 'list'], { env: { ...env, INDAG_TOKEN: 'two wörds' } })
  expect(run).toMatchObject({ code: 4, err: expect.stringContaining('INDAG_TOKEN is not an API token') })
})

describe('the stored token', () => {
  it('goes to no other server than the one it was stored for', async () => {
    await indag(['login', '--token-stdin'], { env, input: token })
    const other = await startIdentity(database.sql)
    const run = await indag(['token', 'list'], { env: { XDG_CONFIG_HOME: config, INDAG_URL: other.url } })
    await other.close()
    expect(run).toMatchObject({ code: 4, err: expect.stringContaining('You are not signed in') })
    expect(run.err).toContain('Next: indag login')
  })

  it('is forgotten by logout', async () => {
    await indag(['login', '--token-stdin'], { env, input: token })
    expect((await indag(['logout'], { env })).code).toBe(0)
    expect((await indag(['token', 'list'], { env })).code).toBe(4)
    expect((await indag(['logout'], { env })).err).toContain('Nothing was stored')
  })

  it('in a broken file is an error that names the file', async () => {
    await indag(['login', '--token-stdin'], { env, input: token })
    await writeFile(file(), 'not json')
    expect(await indag(['token', 'list'], { env })).toMatchObject({ code: 1, err: expect.stringContaining(file()) })
  })
})

describe('indag token', () => {
  beforeEach(() => (env = { ...env, INDAG_TOKEN: token }))

  it('creates one that works, printed alone on standard output', async () => {
    const run = await indag(['token', 'create', 'ci', '--scope', 'tokens:read', '--expires', '30d'], { env })
    expect(run.out).toMatch(/^indag_[0-9A-Za-z]{49}\n$/)
    expect(run.err).toContain('not shown again')
    const list = await indag(['token', 'list'], { env: { ...env, INDAG_TOKEN: run.out.trim() } })
    expect(list.out).toMatch(/^ci +…\w{4} +active/m)
  })

  it('refuses a name twice, and a scope that does not exist', async () => {
    await indag(['token', 'create', 'ci'], { env })
    expect(await indag(['token', 'create', 'ci'], { env })).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('"ci"'),
    })
    const odd = await indag(['token', 'create', 'x', '--scope', 'everything'], { env })
    expect(odd.err).toContain('requests:read')
  })

  it('tells an expired from a revoked token', async () => {
    const made = await indag(['token', 'create', 'ci', '--scope', 'tokens:read', '--json'], { env })
    const mine = { ...env, INDAG_TOKEN: JSON.parse(made.out).token }
    expect((await indag(['token', 'revoke', 'CI'], { env })).err).toContain('Revoked "ci"')
    expect(await indag(['token', 'list'], { env: mine })).toMatchObject({
      code: 4,
      err: expect.stringContaining('was revoked'),
    })
    await database.sql`update identity.api_tokens set revoked_at = null, expires_at = now() where name = 'ci'`
    const fresh = await startIdentity(database.sql, { clock: { now: () => Date.now() + 1_000 } })
    const expired = await indag(['token', 'list'], { env: { ...mine, INDAG_URL: fresh.url } })
    await fresh.close()
    expect(expired).toMatchObject({ code: 4, err: expect.stringContaining('expired at') })
  })

  it('refuses to revoke what is not there', async () => {
    expect(await indag(['token', 'revoke', 'nothing'], { env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('indag token list'),
    })
  })

  it('says which scope is missing', async () => {
    const made = await indag(['token', 'create', 'small', '--scope', 'requests:read'], { env })
    const run = await indag(['token', 'list'], { env: { ...env, INDAG_TOKEN: made.out.trim() } })
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('tokens:read') })
  })
})
