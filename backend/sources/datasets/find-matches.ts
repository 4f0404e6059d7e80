import type { Postgres } from '../../foundation/index.ts'
import type { KeyType } from './dataset.ts'
import { findRows, type FoundRow } from './store.ts'

/** What `lookupKeys` of backend/indicators gives for an indicator: each list from the narrowest to the widest. */
export type LookupKeys = Record<KeyType, string[]>
export type MatchQuery = { dataset: string; keys: LookupKeys }
export type Match = { key: string; value: unknown }
export type Matches = { dataset: string; rows: Match[] }

/** An IPv6 address has 129 keys, so this is at least some 60 indicators; no query holds a connection for long. */
const keysPerQuery = 8_000

/**
 * Looks up datasets for any number of indicators; the answers stand in the order of the queries, rows most specific first.
 * A dataset that was never loaded, or of another key type, gives no rows.
 */
export async function findMatches(sql: Postgres, queries: MatchQuery[]): Promise<Matches[]> {
  const answers: Matches[] = []
  for (const batch of cutBatches(queries)) {
    const datasets = [...new Set(batch.map(({ dataset }) => dataset))]
    const found = index(await findRows(sql, datasets, distinctKeys(batch)))
    for (const query of batch) answers.push({ dataset: query.dataset, rows: pick(query, found) })
  }
  return answers
}

function* cutBatches(queries: MatchQuery[]): Generator<MatchQuery[]> {
  let batch: MatchQuery[] = []
  let seen = new Set<LookupKeys>()
  let size = 0
  for (const query of queries) {
    // The queries of one indicator mostly share their keys object: it counts once.
    if (!seen.has(query.keys)) size += query.keys.exact.length + query.keys.cidr.length + query.keys.suffix.length
    seen.add(query.keys)
    batch.push(query)
    if (size < keysPerQuery) continue
    yield batch
    batch = []
    seen = new Set()
    size = 0
  }
  if (batch.length > 0) yield batch
}

function distinctKeys(batch: MatchQuery[]): LookupKeys {
  const all = { exact: new Set<string>(), cidr: new Set<string>(), suffix: new Set<string>() }
  for (const keys of new Set(batch.map((query) => query.keys))) {
    for (const key of exactKeys(keys)) all.exact.add(key)
    for (const key of keys.cidr) all.cidr.add(key)
    for (const key of keys.suffix) all.suffix.add(key)
  }
  return { exact: [...all.exact], cidr: [...all.cidr], suffix: [...all.suffix] }
}

type Found = Map<string, { keyType: KeyType; byKey: Map<string, Match[]> }>

function index(rows: FoundRow[]): Found {
  const found: Found = new Map()
  for (const { dataset, keyType, key, value } of rows) {
    let entry = found.get(dataset)
    if (!entry) found.set(dataset, (entry = { keyType, byKey: new Map() }))
    const same = entry.byKey.get(key)
    if (same) same.push({ key, value })
    else entry.byKey.set(key, [{ key, value }])
  }
  return found
}

function pick({ dataset, keys }: MatchQuery, found: Found): Match[] {
  const entry = found.get(dataset)
  if (!entry) return []
  const asked = entry.keyType === 'exact' ? exactKeys(keys) : keys[entry.keyType]
  return asked.flatMap((key) => entry.byKey.get(key) ?? [])
}

/** A MAC address is also asked by the digits that the IEEE registries MA-S, MA-M and MA-L fix; see readers/mac-vendors. */
function exactKeys(keys: LookupKeys): string[] {
  return keys.exact.flatMap((key) => {
    if (!/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(key)) return [key]
    const digits = key.replaceAll(':', '')
    return [key, digits.slice(0, 9), digits.slice(0, 7), digits.slice(0, 6)]
  })
}
