import type { Queryable } from '../../../foundation/index.ts'
import { canonicalJson } from '../chain/canonical-json.ts'
import type { AuditEntry } from '../entry.ts'
import { type EntryFilter, type EntryRow, streamEntryRows } from '../store.ts'
import { csvLine } from './csv-line.ts'

const columns = [
  ...['sequence', 'at', 'action', 'outcome', 'reason', 'count', 'actorId', 'actor', 'via', 'credential', 'address'],
  ...['userAgent', 'resourceType', 'resourceId', 'resource', 'organizationId', 'before', 'after', 'requestId'],
  ...['traceId', 'id', 'hash'],
]

/**
 * The entries as text, oldest first, read from the database as fast as they are taken. NDJSON: each line has `content`, the
 * text that was hashed, so that whoever has all of them can verify the chain without us. `withChain`: for who may see all
 * entries; a sequence with gaps would tell others how many they do not see.
 */
export async function* exportEntries(
  sql: Queryable,
  filter: EntryFilter,
  format: 'ndjson' | 'csv',
  withChain: boolean,
): AsyncGenerator<string> {
  // With the first rows, not before them: who takes the first piece knows that the database answers.
  let head = format === 'csv' ? csvLine(columns) : ''
  for await (const rows of streamEntryRows(sql, filter)) {
    yield head + rows.map((row) => (format === 'csv' ? csvOf(row, withChain) : ndjsonOf(row, withChain))).join('')
    head = ''
  }
  if (head !== '') yield head
}

function ndjsonOf({ sequence, hash, content }: EntryRow, withChain: boolean): string {
  return `${JSON.stringify(withChain ? { sequence, hash, content } : { content })}\n`
}

function csvOf({ sequence, hash, content }: EntryRow, withChain: boolean): string {
  const { actor, resource, ...entry } = JSON.parse(content) as AuditEntry
  const json = (fields: unknown) => (fields === null ? null : canonicalJson(fields))
  return csvLine([
    ...[withChain ? sequence : null, entry.at, entry.action, entry.outcome, entry.reason, entry.count],
    ...[actor.id, actor.name, actor.via, actor.credentialName, actor.address, actor.userAgent],
    ...[resource.type, resource.id, resource.name, entry.organizationId, json(entry.before), json(entry.after)],
    ...[entry.requestId, entry.traceId, entry.id, withChain ? hash : null],
  ])
}
