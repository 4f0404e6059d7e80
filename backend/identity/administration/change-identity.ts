import { AppError, fail, type Actor, type Clock, type RecordChange, type Transaction } from '../../foundation/index.ts'
import type { Postgres } from '../../foundation/index.ts'
import { organizationTree } from '../access/organization-tree.ts'
import { permissionsSomewhere } from '../access/organizations-where.ts'
import type { Principal } from '../access/principal.ts'
import type { VerifiedCallers } from '../authentication/verified-callers.ts'
import { readStanding } from '../store/callers.ts'
import { lockTree, readTree } from '../store/organizations.ts'
import { refusalOf } from '../store/refusal.ts'

export type AdministrationDeps = { sql: Postgres; clock: Clock; record: RecordChange; callers: VerifiedCallers }

/** Who asks for a change, as a principal and as the audit will name them. */
export type By = { caller: Principal; actor: Actor }

/** What a change works with: the transaction, the caller as they stand within it, and the audit. */
export type Changing = {
  tx: Transaction
  caller: Principal
  now: Date
  record: (change: Parameters<RecordChange>[2]) => Promise<void>
}

/** What to say when a unique name or e-mail is another's already. */
export type Taken = { path: string; message: string; fix: string }

/**
 * One change of who is where and may what. Changes go one after the other, and each judges its caller anew: by the roles
 * and the tree that the change before has left. Afterwards nobody who was verified before is believed unseen.
 */
export async function changeIdentity<T>(
  deps: AdministrationDeps,
  { caller, actor }: By,
  taken: Taken | undefined,
  work: (changing: Changing) => Promise<T>,
): Promise<T> {
  try {
    const done = await deps.sql.begin(async (tx) => {
      await lockTree(tx)
      return work({
        tx,
        caller: await callerNow(tx, caller),
        now: new Date(deps.clock.now()),
        record: (change) => deps.record(tx, actor, change),
      })
    })
    return done as T
  } catch (error) {
    throw asProblem(error, taken)
  } finally {
    deps.callers.forgetAll()
  }
}

async function callerNow(tx: Transaction, caller: Principal): Promise<Principal> {
  const found = await readStanding(tx, caller.user.id)
  if (!found) fail('unauthenticated', 'Your account is disabled. Ask an administrator.')
  const { scopes, confinedTo } = caller.access.standing
  const standing = { ...found.standing, scopes, confinedTo }
  const { role, organizationId } = standing
  const access = { standing, grants: found.grants, tree: organizationTree((await readTree(tx)).nodes) }
  return {
    ...caller,
    user: { ...caller.user, role, organizationId },
    organizationId,
    access,
    scopes: permissionsSomewhere(access),
  }
}

function asProblem(error: unknown, taken: Taken | undefined): unknown {
  const refusal = refusalOf(error)
  if (refusal === 'last-admin') {
    return new AppError(
      'conflict',
      'This is the last enabled super-admin with a password: without them nobody could mend the installation. ' +
        'Make another one first.',
      { cause: error },
    )
  }
  if (refusal === 'taken' && taken) {
    return new AppError('conflict', `${taken.path} ${taken.message}. ${taken.fix}`, { fields: [taken], cause: error })
  }
  return error
}
