import { type Actor, fail, type Postgres, type RecordChange } from '../../foundation/index.ts'
import { enableProvider, lockProvider } from '../store/providers.ts'
import { announceChange } from '../store/revision.ts'

/** Enables or disables all sources of a provider. @throws AppError not-found. */
export async function changeProvider(
  { sql, record }: { sql: Postgres; record: RecordChange },
  actor: Actor,
  slug: string,
  enabled: boolean,
): Promise<void> {
  await sql.begin(async (tx) => {
    const before = await lockProvider(tx, slug)
    if (!before) fail('not-found', `There is no provider "${slug}". See GET /api/v1/providers.`)
    await enableProvider(tx, slug, enabled)
    await record(tx, actor, {
      action: 'provider.change',
      resource: { type: 'provider', id: slug, name: before.name },
      organizationId: null,
      before: { enabled: before.enabled },
      after: { enabled },
    })
    await announceChange(tx)
  })
}
