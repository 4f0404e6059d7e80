import type { Context } from 'hono'
import type { Clock, KeyRing, Postgres, RecordChange } from '../../foundation/index.ts'
import { fail } from '../../foundation/index.ts'
import {
  allowedIn,
  organizationIdsWhere,
  principal,
  requireIn,
  rootOrganizationId,
  type Permission,
} from '../../identity/index.ts'
import type { DatasetsHole } from '../datasets-hole.ts'
import type { CallNotes } from '../last-calls/note-calls.ts'
import type { Notifier } from '../notifications/keep-notified.ts'
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
  notifier: Notifier
  record: RecordChange
  codeOf(hash: string): Promise<{ code: string } | undefined>
  pool: SourcesOptions['pool']
  datasets: DatasetsHole | undefined
}

export const tags = { tags: ['sources'] }

/**
 * The organization that a call is about: the named one, else where the caller is at home, or where a role was granted to
 * them. @throws AppError not-found, forbidden, out-of-scope, conflict when it is archived.
 */
export async function placeOf(
  c: Context,
  { keeper }: RouteParts,
  permission: Permission,
  named: string | undefined,
): Promise<string> {
  const caller = principal(c)
  const home = caller.access.standing.confinedTo ?? caller.organizationId
  const elsewhere = () => organizationIdsWhere(caller, permission)?.[0]
  const place = named ?? (allowedIn(caller, permission, home) ? home : (elsewhere() ?? home))
  requireIn(caller, permission, place)
  // The caller's picture of the tree may be newer than ours.
  if (!keeper.current().tree.has(place)) await keeper.refresh()
  return place
}

/** The source of this slug as it is in an organization; the root unless told. @throws AppError not-found. */
export function findSource({ keeper }: RouteParts, slug: string, organizationId = rootOrganizationId): BuiltSource {
  return (
    keeper.current().variants.of(organizationId).bySlug.get(slug) ??
    fail('not-found', `There is no source "${slug}". See GET /api/v1/sources.`)
  )
}
