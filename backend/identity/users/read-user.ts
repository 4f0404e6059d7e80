import { fail, type Queryable } from '../../foundation/index.ts'
import type { Principal, UserKind } from '../access/principal.ts'
import { requireIn } from '../access/require-in.ts'
import { findUser, type UserRecord } from '../store/users.ts'
import { nounOf, permissionsFor } from './user-rules.ts'

/** The user, if the caller may know of them. Fails with not-found otherwise. */
export async function readUser(sql: Queryable, caller: Principal, kind: UserKind, id: string): Promise<UserRecord> {
  const user = await findUser(sql, id)
  const what = `${nounOf[kind]} ${id}`
  if (user?.kind !== kind) fail('not-found', `There is no ${what}.`)
  requireIn(caller, permissionsFor[kind].read, user.organizationId, what)
  return user
}
