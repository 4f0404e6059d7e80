import { classifyAddress, defang, type Indicator } from '../../indicators/index.ts'
import type { Answer } from '../answer.ts'
import type { Row, Run, RunItem } from './run.ts'
import { verdictOf } from './run.ts'

/** A request as the API shows it. The stream and the poll show the same, made here. */
export function viewRequest(run: Run, nowMs: number) {
  const { head } = run
  return {
    id: head.id,
    state: run.finishedAtMs === null ? ('running' as const) : ('done' as const),
    createdAt: iso(head.createdAtMs),
    finishedAt: isoOrNull(run.finishedAtMs),
    createdBy: head.createdBy,
    organizationId: head.organizationId,
    tlp: head.tlp,
    pap: head.pap,
    fresh: head.fresh,
    overQuota: head.overQuota,
    sources: head.chosen,
    seq: run.seq,
    counts: { ...run.counts },
    rejected: head.rejected,
    indicators: run.items.map((item, position) => viewItem(item, position, nowMs)),
  }
}

function viewItem(item: RunItem, position: number, nowMs: number) {
  const { kind, value, count } = item.indicator
  return {
    position,
    kind,
    value,
    defanged: defang(item.indicator),
    count,
    ...viewAddress(item.indicator),
    verdict: item.verdict ?? verdictOf(item, nowMs),
    rows: item.rows.map(viewRow),
  }
}

export function viewAddress(indicator: Indicator) {
  if (indicator.kind !== 'ipv4' && indicator.kind !== 'ipv6' && indicator.kind !== 'cidr') return {}
  const { scope, name } = classifyAddress(indicator.value)
  return { address: { scope, name } }
}

export function viewRow(row: Row) {
  const { source, answer } = row
  return {
    source: {
      id: source.id,
      slug: source.slug,
      name: source.name,
      provider: source.provider,
      exposure: source.exposure,
      reliability: source.reliability,
    },
    seq: row.seq,
    state: row.state,
    codeVersion: answer?.codeVersion ?? source.version,
    reason: row.reason,
    eta: isoOrNull(row.etaMs),
    result: answer?.result ?? null,
    cached: viewCached(row, answer),
    startedAt: isoOrNull(row.startedAtMs),
    finishedAt: isoOrNull(row.finishedAtMs),
    durationMs:
      row.startedAtMs === null || row.finishedAtMs === null ? null : Math.max(0, row.finishedAtMs - row.startedAtMs),
    runner: answer?.runner ?? null,
    calls: answer?.calls ?? [],
    logs: answer?.logs ?? [],
  }
}

/** The age is counted to the moment of the answer, so that a permanent link always shows the same. */
function viewCached(row: Row, answer: Answer | null) {
  if (row.cacheExpiresAtMs === null || !answer) return null
  const ageMs = (row.finishedAtMs ?? answer.finishedAtMs) - answer.finishedAtMs
  return { ageSeconds: Math.max(0, Math.round(ageMs / 1000)), expiresAt: iso(row.cacheExpiresAtMs) }
}

const iso = (ms: number): string => new Date(ms).toISOString()
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms))

export type RequestView = ReturnType<typeof viewRequest>
export type RowView = ReturnType<typeof viewRow>
