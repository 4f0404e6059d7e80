import { AppError, fail, type RecordChange } from '../../../foundation/index.ts'
import type { By } from '../../administration/change-identity.ts'
import type { AuditEntry, ChainedEntry } from '../entry.ts'

/** What a restoration works with: `record` names the entry that it undoes. */
export type Restoring = { by: By; entry: AuditEntry; record: RecordChange }

/** What came back, and what of it could not and why. */
export type Restored = { resource: { type: string; id: string; name: string }; left: string[] }

/** Brings back what an entry says was deleted; judges the caller as whoever makes such a thing is judged. */
export type Restorer = (restoring: Restoring) => Promise<Restored>

/** Restorers by the action that they undo: `group.delete`. */
export type Restorers = Record<string, Restorer>

/** Deletions that nothing undoes, with the reason for people. */
const forGood: Record<string, string> = {
  'api-token.revoke': 'A revoked token stays revoked: whoever has it may not be its owner. Create a new one.',
  'source-secret.delete': 'A deleted secret was kept nowhere. Enter it again.',
  'user.end-sessions': 'A session that has ended does not come back. Sign in again.',
  'user.sign-out': 'A session that has ended does not come back. Sign in again.',
}

export function canRestore(restorers: Restorers, { action, outcome }: AuditEntry): boolean {
  return outcome === 'done' && restorers[action] !== undefined
}

/** Undoes a deletion. Fails with conflict when there is nothing to undo, or when something stands in its place. */
export async function restoreDeleted(
  restorers: Restorers,
  record: RecordChange,
  by: By,
  entry: ChainedEntry,
): Promise<Restored> {
  const restorer = entry.outcome === 'done' ? restorers[entry.action] : undefined
  if (!restorer) {
    fail('conflict', forGood[entry.action] ?? 'This entry tells of no deletion: there is nothing to restore.')
  }
  try {
    return await restorer({ by, entry, record: recordRestoration(record, entry) })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    throw new AppError('conflict', `${entry.resource.name} cannot be restored: ${error.message}`, {
      cause: error,
      ...(error.fields ? { fields: error.fields } : {}),
    })
  }
}

/** The creation of the same thing, told as what it is. */
function recordRestoration(record: RecordChange, { id }: AuditEntry): RecordChange {
  return (tx, actor, change) =>
    record(tx, actor, {
      ...change,
      action: `${change.resource.type}.restore`,
      after: { ...change.after, restoredFrom: id },
    })
}

/** One part of what is restored: a refusal is told and does not keep the rest from coming back. */
export async function tryPart(left: string[], what: string, part: () => Promise<unknown>): Promise<void> {
  try {
    await part()
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error
    left.push(`${what}: ${error.message}`)
  }
}
