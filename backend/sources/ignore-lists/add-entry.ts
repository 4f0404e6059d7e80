import { fail, newId, type Clock, type Postgres } from '../../foundation/index.ts'
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
}

/** @throws AppError invalid-input naming the field, conflict when the entry is there already. */
export async function addIgnoreEntry(
  parts: { sql: Postgres; clock: Clock; picture: Picture },
  wish: NewIgnoreEntry,
  userId: string,
): Promise<IgnoreEntry> {
  const canonical = canonicalIgnoreValue(wish.match, wish.value)
  if (!canonical.ok) reject('value', canonical.message, canonical.fix)
  if (wish.expiresAt && wish.expiresAt.getTime() <= parts.clock.now())
    reject('expiresAt', 'is in the past', 'Give a time to come, or leave it out.')
  const { scope, match, reason } = wish
  const entry: IgnoreEntry = {
    id: newId(),
    scope,
    match,
    reason,
    value: canonical.value,
    targetId: await findTarget(parts, wish),
    expiresAtMs: wish.expiresAt?.getTime() ?? null,
  }
  await parts.sql.begin(async (tx) => {
    const added = await saveIgnoreEntry(tx, entry, userId)
    if (!added) fail('conflict', `There is already an entry for ${entry.value} in this place. Delete it first.`)
    await announceChange(tx)
  })
  return entry
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
