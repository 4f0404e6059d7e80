import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../../support/postgres.ts'

describe('a test database', async () => {
  const [mine, other] = await Promise.all([testDatabase(), testDatabase()])
  afterAll(() => Promise.all([mine.drop(), other.drop()]))

  it('is PostgreSQL 18 and shares nothing with another', async () => {
    await mine.sql`create table only_here (n int)`
    const [version] = await mine.sql<{ server_version: string }[]>`show server_version`
    expect(version?.server_version).toMatch(/^18\./)
    expect(await other.sql`select to_regclass('only_here') as found`).toEqual([{ found: null }])
  })
})
