import type { Clock, KeyRing, Postgres, RecordChange } from '../../foundation/index.ts'
import { fail } from '../../foundation/index.ts'
import type { DatasetsHole } from '../datasets-hole.ts'
import type { CallNotes } from '../last-calls/note-calls.ts'
import type { Quotas } from '../quotas/quota.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import type { SnapshotKeeper } from '../snapshot/keep-snapshot.ts'
import type { Resealer } from '../secrets/seal-anew.ts'
import type { SourcesOptions } from '../sources.ts'

/** What the routes stand on. */
export type RouteParts = {
  sql: Postgres
  keyRing: KeyRing
  clock: Clock
  keeper: SnapshotKeeper
  quotas: Quotas
  notes: CallNotes
  resealer: Resealer
  record: RecordChange
  codeOf(hash: string): Promise<{ code: string } | undefined>
  pool: SourcesOptions['pool']
  datasets: DatasetsHole | undefined
}

export const tags = { tags: ['sources'] }

/** The source of this slug. @throws AppError not-found. */
export function findSource({ keeper }: RouteParts, slug: string): BuiltSource {
  return (
    keeper.current().bySlug.get(slug) ?? fail('not-found', `There is no source "${slug}". See GET /api/v1/sources.`)
  )
}
