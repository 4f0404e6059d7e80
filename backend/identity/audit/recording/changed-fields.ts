import { canonicalJson } from '../chain/canonical-json.ts'
import type { Fields } from '../entry.ts'

/** Of a change, with both sides given, the fields that differ; of a creation or a deletion everything. Pure. */
export function changedFields(
  before: Fields | undefined,
  after: Fields | undefined,
): { before: Fields | null; after: Fields | null } {
  if (!before || !after) return { before: before ?? null, after: after ?? null }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => canonicalJson(before[name]) !== canonicalJson(after[name]),
  )
  return { before: pick(before, names), after: pick(after, names) }
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]))
}
