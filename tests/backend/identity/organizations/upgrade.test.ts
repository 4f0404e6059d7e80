import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, inject, it } from 'vitest'
import { migrate } from '../../../../backend/foundation/index.ts'
import { newToken, rootOrganizationId } from '../../../../backend/identity/index.ts'
import { secretSha256 } from '../../../../backend/identity/secret.ts'
import { withDatabase } from '../../../support/postgres-server.ts'
import { startIdentity } from '../start-identity.ts'

const migrations = join(import.meta.dirname, '../../../../backend/migrations')

it('an installation from before organizations goes on: its users are at home at the root, its tokens work', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'indag-upgrade-'))
  const { url } = inject('postgres')
  const server = postgres(url, { max: 1, onnotice: () => {} })
  const name = `upgrade_${Math.random().toString(36).slice(2)}`
  await server.unsafe(`create database ${name}`)
  const sql = postgres(withDatabase(url, name), { max: 4, onnotice: () => {} })
  try {
    for (const file of (await readdir(migrations)).filter((each) => each < '0006'))
      await cp(join(migrations, file), join(dir, file))
    await migrate(sql, dir)
    const token = newToken()
    const id = '01980000-0000-7000-8000-000000000001'
    await sql`
      insert into identity.users (id, email, name, role, created_at)
      values (${id}, 'ada@example.org', 'Ada', 'super-admin', now())`
    await sql`
      insert into identity.api_tokens (id, user_id, name, secret_sha256, last4, scopes, created_at)
      values (${id}, ${id}, 'old', ${secretSha256(token)}, '0000', ${['users:read']}, now())`
    await migrate(sql, migrations)
    // A process of the version before may still make users while the new one starts.
    await sql`
      insert into identity.users (id, email, name, role, created_at)
      values (${rootOrganizationId}, 'bob@example.org', 'Bob', 'viewer', now())`
    const product = await startIdentity(sql)
    const list = await product.ask('GET', '/api/v1/users', { authorization: `Bearer ${token}` })
    const home = { kind: 'person', organizationId: rootOrganizationId }
    expect(list.body.items).toMatchObject([
      { name: 'Ada', role: 'super-admin', ...home },
      { name: 'Bob', role: 'viewer', ...home },
    ])
    await product.close()
  } finally {
    await sql.end({ timeout: 1 })
    await server.unsafe(`drop database ${name} with (force)`)
    await server.end()
    await rm(dir, { recursive: true, force: true })
  }
})
