import type { Indicator } from '../../indicators/index.ts'
import type { Exposure, Pap, Reason, Reliability, Tlp } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { weighResults } from '../verdict/weigh-results.ts'

/** A source as it was when a request was planned: enough to show the row for ever, also when the source is gone. */
export type PlannedSource = {
  id: string
  slug: string
  name: string
  provider: { slug: string; name: string }
  exposure: Exposure
  reliability: Reliability
  version: number
  kinds: readonly string[]
}

export type RowState = 'queued' | 'running' | 'found' | 'not-found' | 'skipped' | 'failed'
export const isTerminal = (state: RowState): boolean => state !== 'queued' && state !== 'running'

/** Where one (indicator, source) stands. Times are milliseconds since 1970. */
export type Row = {
  readonly position: number
  readonly source: PlannedSource
  /** The number of its last change within the request; 0 while it never changed. */
  seq: number
  state: RowState
  reason: Reason | null
  answer: Answer | null
  /** Set when the answer came from the cache. */
  cacheExpiresAtMs: number | null
  etaMs: number | null
  startedAtMs: number | null
  finishedAtMs: number | null
}

export type AskedIndicator = Indicator & { count: number }

export type Rejected = { text: string; kind?: string; code: string; reason: string; start: number; end: number }

/** A request as it was accepted: what it asks, for whom, under which rules. */
export type RequestHead = {
  id: string
  createdAtMs: number
  createdBy: { id: string; name: string }
  organizationId: string
  tlp: Tlp
  pap: Pap
  fresh: boolean
  overQuota: 'wait' | 'skip'
  /** Slugs as asked; null means every source. */
  chosen: string[] | null
  plan: PlannedSource[]
  rejected: Rejected[]
}

export type Counts = {
  indicators: number
  rows: number
  queued: number
  running: number
  found: number
  notFound: number
  skipped: number
  failed: number
}

export type RunItem = { indicator: AskedIndicator; rows: Row[]; verdict: Verdict | null }

/**
 * The state of one request: its rows and how they may change. It does nothing by itself and knows no database;
 * a terminal row never changes again.
 */
export type Run = {
  readonly head: RequestHead
  readonly items: readonly RunItem[]
  readonly counts: Counts
  seq: number
  finishedAtMs: number | null
}

export function startRun(head: RequestHead, indicators: readonly AskedIndicator[]): Run {
  const items = indicators.map((indicator, position) => ({
    indicator,
    rows: head.plan
      .filter((source) => source.kinds.includes(indicator.kind))
      .map((source) => queuedRow(position, source)),
    verdict: null,
  }))
  const rows = items.reduce((sum, item) => sum + item.rows.length, 0)
  const counts = {
    indicators: items.length,
    rows,
    queued: rows,
    running: 0,
    found: 0,
    notFound: 0,
    skipped: 0,
    failed: 0,
  }
  return { head, items, counts, seq: 0, finishedAtMs: null }
}

function queuedRow(position: number, source: PlannedSource): Row {
  return {
    position,
    source,
    seq: 0,
    state: 'queued',
    reason: null,
    answer: null,
    cacheExpiresAtMs: null,
    etaMs: null,
    startedAtMs: null,
    finishedAtMs: null,
  }
}

export type RowChange = Partial<Omit<Row, 'position' | 'source' | 'seq'>> & { state: RowState }

/** Changes a row and numbers the change. Refuses to change what has ended: false. */
export function changeRow(run: Run, row: Row, change: RowChange): boolean {
  if (isTerminal(row.state)) return false
  run.counts[countOf(row.state)] -= 1
  Object.assign(row, change)
  run.counts[countOf(row.state)] += 1
  row.seq = ++run.seq
  return true
}

function countOf(state: RowState): 'queued' | 'running' | 'found' | 'notFound' | 'skipped' | 'failed' {
  return state === 'not-found' ? 'notFound' : state
}

export const hasEnded = (run: Run): boolean => run.counts.queued === 0 && run.counts.running === 0

/** The verdict of one indicator as its rows stand. */
export function verdictOf(item: RunItem, nowMs: number): Verdict {
  return weighResults(
    item.rows.map((row) => ({
      state: row.state,
      source: row.source,
      result: row.answer?.result ?? null,
      answeredAtMs: row.answer?.finishedAtMs ?? null,
      cached: row.cacheExpiresAtMs !== null,
    })),
    nowMs,
  )
}
