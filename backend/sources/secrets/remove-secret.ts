import { type Actor, type Postgres, type RecordChange } from '../../foundation/index.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { announceChange } from '../store/revision.ts'
import { deleteSecret } from '../store/secrets.ts'
import { refuseUnset } from './refuse-secret.ts'

/** Deletes an organization's own secret; one that it has from above is not its to delete. @throws AppError not-found. */
export async function removeSecret(
  { sql, record }: { sql: Postgres; record: RecordChange },
  actor: Actor,
  organizationId: string,
  source: BuiltSource,
  name: string,
): Promise<void> {
  await sql.begin(async (tx) => {
    const deleted = await deleteSecret(tx, organizationId, source.row.id, name)
    if (!deleted) return refuseUnset(source, name)
    await record(tx, actor, {
      action: 'source-secret.delete',
      resource: { type: 'source-secret', id: `${source.row.slug}/${name}`, name },
      organizationId,
      before: { source: source.row.slug, ...deleted },
    })
    await announceChange(tx)
  })
}
