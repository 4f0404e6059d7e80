import type { Queryable } from '../../foundation/index.ts'
import type { Grant, Standing } from '../access/decide-access.ts'
import type { User } from '../access/principal.ts'

/** The columns of `identity.callers` as queries name them. */
export type CallerRow = {
  userId: string
  email: string | null
  userName: string
  role: User['role']
  kind: User['kind']
  homeId: string
  revision: number
  groupIds: string[]
  grants: Grant[]
}

/** A user with what decides what they may do. `revision`: of the tree that goes with it. */
export type CallerOf<T> = T & { user: User; groupIds: string[]; grants: Grant[]; revision: number }

/** Sorts the columns of a joined row into the user and what it was joined to. */
export function withCaller<T extends CallerRow>(row: T): CallerOf<Omit<T, keyof CallerRow>> {
  const { userId, email, userName, role, kind, homeId, revision, groupIds, grants, ...rest } = row
  const user = { id: userId, email, name: userName, role, kind, organizationId: homeId }
  return { ...rest, user, groupIds, grants, revision }
}

/** What a user may do when signed in; undefined for an unknown or disabled user. */
export async function readStanding(
  sql: Queryable,
  userId: string,
): Promise<{ standing: Standing; grants: Grant[] } | undefined> {
  const [row] = await sql<(Omit<Standing, 'scopes' | 'confinedTo'> & { grants: Grant[] })[]>`
    select id as "userId", role, organization_id as "organizationId", group_ids as "groupIds", grants
    from identity.callers where id = ${userId} and disabled_at is null`
  if (!row) return undefined
  const { grants, ...standing } = row
  return { standing: { ...standing, scopes: null, confinedTo: null }, grants }
}
