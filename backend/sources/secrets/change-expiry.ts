import { type Actor, type Clock, type Postgres, type RecordChange } from '../../foundation/index.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { announceChange } from '../store/revision.ts'
import { changeSecretExpiry } from '../store/secrets.ts'
import { refusePast, refuseUnset } from './refuse-secret.ts'

type Parts = { sql: Postgres; clock: Clock; record: RecordChange }
type ExpiryWish = { organizationId: string; name: string; expiresAt: Date | null }

/**
 * Sets when an organization's own secret ends, or that it does not; the secret itself stays as it is.
 * @throws AppError not-found, also for one from an organization above; invalid-input for a time that is over.
 */
export async function changeExpiry(
  { sql, clock, record }: Parts,
  actor: Actor,
  source: BuiltSource,
  { organizationId, name, expiresAt }: ExpiryWish,
): Promise<void> {
  refusePast(expiresAt, clock)
  await sql.begin(async (tx) => {
    const before = await changeSecretExpiry(tx, { organizationId, sourceId: source.row.id, name }, expiresAt)
    if (!before) return refuseUnset(source, name)
    const ends = (at: Date | null) => ({ expiresAt: at?.toISOString() ?? null })
    await record(tx, actor, {
      action: 'source-secret.change',
      resource: { type: 'source-secret', id: `${source.row.slug}/${name}`, name },
      organizationId,
      before: ends(before.expiresAt),
      after: ends(expiresAt),
    })
    await announceChange(tx)
  })
}
