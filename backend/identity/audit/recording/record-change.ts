import { type Actor, type Change, type Clock, newId, type RecordChange } from '../../../foundation/index.ts'
import { traceId } from '../../../observability/index.ts'
import { canonicalJson } from '../chain/canonical-json.ts'
import type { AuditEntry, Outcome } from '../entry.ts'
import { appendEntry } from '../store.ts'
import { changedFields } from './changed-fields.ts'
import { currentRequestId } from './current-request.ts'
import { keepFields, scrub } from './kept-fields.ts'

/** Fills the hole that changes are told to: each becomes an entry of the same transaction. */
export function recordInto(clock: Clock): RecordChange {
  return (tx, actor, change) => {
    const entry = entryOf(clock, actor, change)
    return appendEntry(tx, entry.id, entry.at, canonicalJson(entry))
  }
}

/** A longer text is somebody's attempt to fill the log. */
const longestText = 300

/** What the log will say: bounded, with nothing in it that is not to be kept. */
export function entryOf(
  clock: Clock,
  actor: Actor,
  change: Change,
  denial: { outcome: Outcome; reason: string | null; count: number } = { outcome: 'done', reason: null, count: 1 },
): AuditEntry {
  const { type, id, name } = change.resource
  const { before, after } = changedFields(change.before, change.after)
  return {
    id: newId(),
    at: new Date(clock.now()).toISOString(),
    action: change.action,
    ...denial,
    actor: {
      id: actor.userId,
      name: cut(actor.name),
      kind: actor.kind,
      via: actor.via,
      credentialId: actor.credentialId,
      credentialName: actor.credentialName === null ? null : cut(actor.credentialName),
      address: cut(actor.address),
      userAgent: cut(actor.userAgent),
    },
    resource: { type, id, name: cut(name) },
    organizationId: change.organizationId,
    before: before && keepFields(type, before),
    after: after && keepFields(type, after),
    requestId: currentRequestId(),
    traceId: traceId() || null,
  }
}

function cut(text: string): string {
  return String(scrub(text)).slice(0, longestText)
}
