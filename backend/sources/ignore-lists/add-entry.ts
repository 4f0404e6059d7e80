import { type Actor, fail, newId, type Clock, type Postgres, type RecordChange } from '../../foundation/index.ts'
import type { Picture } from '../snapshot/picture.ts'
import { saveIgnoreEntry } from '../store/ignore-entries.ts'
import { readProviders } from '../store/providers.ts'
import { announceChange } from '../store/revision.ts'
import { canonicalIgnoreValue } from './canonical-value.ts'
import type { IgnoreEntry } from './ignore-entry.ts'

export type NewIgnoreEntry = Pick<IgnoreEntry, 'scope' | 'match' | 'value' | 'reason'> & {
  /** The slug of the provider or source; none for a global entry. */
  target?: string | undefined
  expiresAt?: Date | undefined
  organizationId: string
  /** Of an entry that was deleted and comes back. */
  id?: string
}

export type EntryParts = { sql: Postgres; clock: Clock; picture: Picture; record: RecordChange }

/** @throws AppError invalid-input naming the field, conflict when the entry is there already. */
export async function addIgnoreEntry(parts: EntryParts, wish: NewIgnoreEntry, actor: Actor): Promise<IgnoreEntry> {
  const canonical = canonicalIgnoreValue(wish.match, wish.value)
  if (!canonical.ok) reject('value', canonical.message, canonical.fix)
  if (wish.expiresAt && wish.expiresAt.getTime() <= parts.clock.now())
    reject('expiresAt', 'is in the past', 'Give a time to come, or leave it out.')
  const { scope, match, reason } = wish
  const entry: IgnoreEntry = {
    id: wish.id ?? newId(),
    scope,
    match,
    reason,
    value: canonical.value,
    targetId: await findTarget(parts, wish),
    expiresAtMs: wish.expiresAt?.getTime() ?? null,
    organizationId: wish.organizationId,
  }
  await parts.sql.begin(async (tx) => {
    const added = await saveIgnoreEntry(tx, entry, actor.userId)
    if (!added) fail('conflict', `There is already an entry for ${entry.value} in this place. Delete it first.`)
    await parts.record(tx, actor, {
      action: 'ignore-entry.create',
      resource: { type: 'ignore-entry', id: entry.id, name: entry.value },
      organizationId: entry.organizationId,
      after: shownEntry(entry, wish.target ?? null),
    })
    await announceChange(tx)
  })
  return entry
}

/** What the audit keeps of an entry: enough to bring it back. `target` is a slug. */
export function shownEntry(
  { scope, match, value, reason, expiresAtMs }: IgnoreEntry,
  target: string | null,
): Record<string, unknown> {
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
  return { scope, match, value, reason, target, expiresAt }
}

async function findTarget(
  { sql, picture }: { sql: Postgres; picture: Picture },
  { scope, target }: NewIgnoreEntry,
): Promise<string | null> {
  if (scope === 'global') {
    if (target !== undefined)
      reject('target', 'belongs to a provider or a source, not to a global entry', 'Leave it out, or set scope.')
    return null
  }
  if (target === undefined) reject('target', 'is missing', `Give the slug of the ${scope}.`)
  const id =
    scope === 'source'
      ? picture.bySlug.get(target)?.row.id
      : (await readProviders(sql)).find((provider) => provider.slug === target)?.id
  return id ?? reject('target', `names no ${scope}`, `Give a slug of GET /api/v1/${scope}s.`)
}

function reject(path: string, message: string, fix: string): never {
  fail('invalid-input', `${path} ${message}. ${fix}`, { fields: [{ path, message, fix }] })
}
