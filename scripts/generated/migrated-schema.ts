import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { migrate } from '../../backend/foundation/index.ts'
import { findBinaries, openCluster, startServer } from '../postgres/index.ts'
import { repository } from '../run-tool.ts'
import { dumpSchema } from './dump-schema.ts'

/** Applies all migrations to an empty PostgreSQL of its own and returns the dump of what came out. */
export async function readMigratedSchema(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'indag-schema-'))
  const server = await startServer(await openCluster(directory, await findBinaries(), { durable: false }))
  const sql = postgres(server.url, { max: 2, onnotice: () => {} })
  try {
    await migrate(sql, join(repository, 'backend/migrations'))
    return await dumpSchema(sql)
  } finally {
    await sql.end()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}
