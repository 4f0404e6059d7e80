import type { Queryable } from '../../foundation/index.ts'
import { holdingsOf } from '../access/decide-access.ts'
import type { Principal } from '../access/principal.ts'
import { requireToGive } from '../access/require-in.ts'
import { readStanding } from '../store/callers.ts'

/**
 * For what lets the caller, or somebody of their choice, act as this user: a link that sets the password, a token of a
 * service account. The caller must hold all that the user does, as far as `scopes` reach. Fails with forbidden.
 */
export async function requireToActFor(
  sql: Queryable,
  caller: Principal,
  userId: string,
  scopes?: readonly string[],
): Promise<void> {
  const found = await readStanding(sql, userId)
  if (!found) return
  for (const holding of holdingsOf(found.standing, found.grants)) requireToGive(caller, holding, scopes)
}
