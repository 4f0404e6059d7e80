import type { LookupKeys } from '../../indicators/index.ts'
import type { IgnoreEntry } from './ignore-entry.ts'

/** Entries by what they match, so that a look-up costs one probe for each key of the indicator. */
export type IgnoreIndex = ReadonlyMap<string, readonly IgnoreEntry[]>

/** `path`: the organization that asks and those above it. */
export type Asked = { sourceId: string; providerId: string; path: readonly string[] }

export function indexIgnoreEntries(entries: readonly IgnoreEntry[]): IgnoreIndex {
  return Map.groupBy(entries, (entry) => `${entry.match} ${entry.value}`)
}

/**
 * The entry that keeps an indicator with these keys from this source: exact before network before domain, the narrowest
 * first. Pure.
 */
export function findIgnoreEntry(
  index: IgnoreIndex,
  keys: LookupKeys,
  asked: Asked,
  nowMs: number,
): IgnoreEntry | undefined {
  for (const match of ['exact', 'cidr', 'suffix'] as const) {
    for (const key of keys[match]) {
      const found = index.get(`${match} ${key}`)?.find((entry) => applies(entry, asked, nowMs))
      if (found) return found
    }
  }
  return undefined
}

function applies(entry: IgnoreEntry, asked: Asked, nowMs: number): boolean {
  if (!asked.path.includes(entry.organizationId)) return false
  if (entry.expiresAtMs !== null && entry.expiresAtMs <= nowMs) return false
  switch (entry.scope) {
    case 'global':
      return true
    case 'provider':
      return entry.targetId === asked.providerId
    case 'source':
      return entry.targetId === asked.sourceId
  }
}
