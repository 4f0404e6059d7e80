import { type Actor, fail, type Postgres, type RecordChange } from '../../foundation/index.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { announceChange } from '../store/revision.ts'
import { deleteSecret } from '../store/secrets.ts'
import { refuseName } from './set-secret.ts'

/** Deletes an organization's own secret; one that it has from above is not its to delete. @throws AppError not-found. */
export async function removeSecret(
  { sql, record }: { sql: Postgres; record: RecordChange },
  actor: Actor,
  organizationId: string,
  source: BuiltSource,
  name: string,
): Promise<void> {
  if (!source.secrets.has(name) && !source.manifest.secrets.some((secret) => secret.name === name))
    refuseName(source, name)
  await sql.begin(async (tx) => {
    const deleted = await deleteSecret(tx, organizationId, source.row.id, name)
    if (!deleted) {
      const above = source.secrets.has(name) ? ' here: it comes from an organization above' : ''
      fail('not-found', `The secret ${name} is not set${above}.`)
    }
    await record(tx, actor, {
      action: 'source-secret.delete',
      resource: { type: 'source-secret', id: `${source.row.slug}/${name}`, name },
      organizationId,
      before: { source: source.row.slug, ...deleted },
    })
    await announceChange(tx)
  })
}
