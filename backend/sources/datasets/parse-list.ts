import { detectIndicator } from '../../indicators/index.ts'
import type { DatasetRow, KeyType } from './dataset.ts'

/** What an own list says about a key; absent fields were empty in the list. */
export type ListValue = { label?: string; verdict?: ListVerdict; note?: string }
export type RejectedLine = { line: number; text: string; reason: string }
export type ParsedList = { rows: DatasetRow[]; rejected: RejectedLine[] }

const verdicts = ['malicious', 'suspicious', 'benign', 'informational'] as const
type ListVerdict = (typeof verdicts)[number]

/**
 * Reads a list: one key a line, or CSV "key,label,verdict,note" with or without that header. Empty lines and what follows
 * a "#" at the start of a line or after a space are left out; values may be defanged. Of equal keys the last one counts.
 * Lines are counted from 1. Pure.
 */
export function parseList(text: string, keyType: KeyType): ParsedList {
  const rows = new Map<string, ListValue>()
  const rejected: RejectedLine[] = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const content = raw.replace(/(?:^|\s)#.*$/, '').trim()
    const fields = splitCsv(content)
    if (content === '' || isHeader(fields)) continue
    const parsed = parseLine(fields, keyType)
    if ('reason' in parsed) rejected.push({ line: index + 1, text: raw.slice(0, 200), reason: parsed.reason })
    else rows.set(parsed.key, parsed.value)
  }
  return { rows: Array.from(rows, ([key, value]) => ({ key, value })), rejected }
}

function isHeader(fields: string[]): boolean {
  return (
    ['key', 'value', 'indicator'].includes((fields[0] ?? '').toLowerCase()) &&
    (fields[1] ?? 'label').toLowerCase() === 'label'
  )
}

function parseLine(
  [first = '', label = '', verdict = '', note = '']: string[],
  keyType: KeyType,
): { key: string; value: ListValue } | { reason: string } {
  const key = toKey(first, keyType)
  if (typeof key !== 'string') return key
  const level = verdict.toLowerCase()
  if (level !== '' && !isVerdict(level))
    return { reason: `"${verdict}" is no verdict: write ${verdicts.join(', ')}, or nothing` }
  return { key, value: { ...(label && { label }), ...(isVerdict(level) && { verdict: level }), ...(note && { note }) } }
}

function isVerdict(text: string): text is ListVerdict {
  return (verdicts as readonly string[]).includes(text)
}

function toKey(text: string, keyType: KeyType): string | { reason: string } {
  const detected = detectIndicator(keyType === 'suffix' ? text.replace(/^(?:\*\.|\.)/, '') : text)
  if (!detected.ok) return { reason: `${detected.reason} ${detected.fix}` }
  const { kind, value } = detected.indicator
  if (keyType === 'exact') return value
  if (keyType === 'suffix')
    return kind === 'domain' ? value : { reason: `This list holds domains, and this is of the kind ${kind}` }
  if (kind === 'ipv4') return `${value}/32`
  if (kind === 'ipv6') return `${value}/128`
  return kind === 'cidr' ? value : { reason: `This list holds addresses and networks, and this is of the kind ${kind}` }
}

/** The fields of one CSV line; a field in quotes may hold commas and doubled quotes. */
function splitCsv(line: string): string[] {
  const fields = line.match(/(?:^|,)(?:\s*"(?:[^"]|"")*"\s*(?=,|$)|[^,]*)/g) ?? []
  return fields.map((field) => {
    const bare = field.replace(/^,/, '').trim()
    return bare.startsWith('"') && bare.endsWith('"') && bare.length > 1
      ? bare.slice(1, -1).replaceAll('""', '"')
      : bare
  })
}
