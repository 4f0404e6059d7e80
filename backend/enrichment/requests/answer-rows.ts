import { newId, throughOutage, type Clock, type Postgres } from '../../foundation/index.ts'
import { lookupKeys } from '../../indicators/index.ts'
import { traceId, traceparent, type Logger } from '../../observability/index.ts'
import type { CallOutcome, RunnerPool } from '../../runner-pool/index.ts'
import type { Datasets, Sources } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'
import type { ResultCache } from '../result-cache/result-cache.ts'
import { failureReason } from '../results/failure-reason.ts'
import { parseResult } from '../results/parse-result.ts'
import type { Flight, Flights } from '../single-flight/flights.ts'
import { readPast } from '../store/history.ts'
import type { CallSlots } from '../pacing/call-slots.ts'
import type { Live, LiveRequests } from './live-requests.ts'
import type { CircuitBreaker } from '../pacing/circuit-breaker.ts'
import { longestWaitMs, quotaExhausted, type Passage, type QuotaLines } from '../pacing/quota-line.ts'
import { changeRow } from './run.ts'
import type { OpenRow } from './settle-rows.ts'

export type AnswerDeps = {
  sql: Postgres
  sources: Sources
  datasets: Pick<Datasets, 'matches'>
  pool: RunnerPool
  cache: ResultCache
  flights: Flights
  lines: QuotaLines
  breaker: CircuitBreaker
  slots: CallSlots
  lives: LiveRequests
  clock: Clock
  log: Logger
  noteAnswer(source: string, answer: Answer): void
}

/** Rows of a source's dataset, or of our own history, that match the indicator. */
type Match = { key: string; value: unknown }

/**
 * Answers rows that need a call: joins what is in flight, waits in the provider's line, gives the source its matches,
 * calls it on a runner, and commits what it said. Every row has ended when it resolves; it rejects only when the
 * process stops running the request, and the rows are then left for the next one.
 */
export async function answerRows(deps: AnswerDeps, live: Live, rows: readonly OpenRow[]): Promise<void> {
  if (rows.length === 0) return
  const flights = await deps.flights.board(
    rows.map((row) => row.key),
    live.stop.signal,
  )
  const ours = rows.filter((_, index) => flights[index]!.kind === 'ours')
  const matches = readMatches(deps, live, ours)
  // Everybody who asks reads it; a failure must not be an unhandled one when nobody does.
  matches.catch(() => {})
  await Promise.all(rows.map((row, index) => answerRow(deps, live, row, flights[index]!, matches)))
}

async function answerRow(
  deps: AnswerDeps,
  live: Live,
  open: OpenRow,
  flight: Flight,
  matches: Promise<Map<OpenRow, Match[]>>,
) {
  if (flight.kind === 'joined') return joinFlight(deps, live, open, flight)
  try {
    const answer = await ask(deps, live, open, flight, matches)
    if (answer) {
      await commitAnswer(deps, live, open, answer)
      flight.settle(answer)
    } else {
      flight.giveUp()
    }
  } catch (error) {
    flight.giveUp()
    if (live.stop.signal.aborted) throw error
    deps.log.error({ err: error, source: open.source.slug }, 'a row could not be answered')
    const reason = { code: 'internal', detail: `An unexpected error occurred on our side; trace ${traceId()}.` }
    await change(deps, live, open, { state: 'failed', reason, etaMs: null, finishedAtMs: deps.clock.now() })
  }
}

type Ours = Extract<Flight, { kind: 'ours' }>
type Joined = Extract<Flight, { kind: 'joined' }>

/** Ends the row with what the call that is under way brings, or asks itself when that call was given up. */
async function joinFlight(deps: AnswerDeps, live: Live, open: OpenRow, flight: Joined): Promise<void> {
  const waits = live.run.head.overQuota === 'wait'
  const inLine = new Promise<{ etaMs: number }>((resolve) => {
    flight.onWait((etaMs) => (waits ? noteEta(deps, live, open, etaMs) : resolve({ etaMs })))
  })
  const first = await Promise.race([flight.answer, inLine])
  live.stop.signal.throwIfAborted()
  if (first === undefined) return answerRows(deps, live, [open])
  if (!('etaMs' in first)) return finishRow(deps, live, open, first)
  const reason = quotaExhausted(open.source, first.etaMs)
  await change(deps, live, open, { state: 'skipped', reason, etaMs: null, finishedAtMs: deps.clock.now() })
}

/** The source's answer; undefined when the row was skipped instead. */
async function ask(
  deps: AnswerDeps,
  live: Live,
  open: OpenRow,
  flight: Ours,
  matches: Promise<Map<OpenRow, Match[]>>,
): Promise<Answer | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const passage = await enterLine(deps, live, open, flight)
    if (!passage.go) {
      await change(deps, live, open, {
        state: passage.state,
        reason: passage.reason,
        etaMs: null,
        finishedAtMs: deps.clock.now(),
      })
      return undefined
    }
    const found = (await matches).get(open) ?? []
    const asked = await deps.slots.run(live.run.head.id, live.stop.signal, () => callSource(deps, live, open, found))
    if (open.source.exposure !== 'local') deps.breaker.note(open.source.id, asked.answer)
    await learnLimit(deps, live, open, asked)
    const { retryAfterMs } = asked
    if (retryAfterMs === null || retryAfterMs > longestWaitMs) return asked.answer
    if (attempt > 1 || live.run.head.overQuota === 'skip') return asked.answer
    // The provider asked for patience: back into the line once, which now knows until when.
  }
}

/** Waits for the provider's limits, unless the source is known to fail. */
async function enterLine(deps: AnswerDeps, live: Live, open: OpenRow, flight: Ours): Promise<Passage> {
  const { source } = open
  if (source.exposure === 'local') return { go: true }
  const { head, items } = live.run
  // Somebody who asks one thing afresh wants to see it tried.
  const insists = head.fresh && items.length === 1
  const entry = insists ? ({ go: true, probe: true } as const) : deps.breaker.enter(source)
  if (!entry.go) return { go: false, state: 'failed', reason: entry.reason }
  return deps.lines.enter(source, {
    overQuota: head.overQuota,
    signal: live.stop.signal,
    onEta: (etaMs) => {
      noteEta(deps, live, open, etaMs)
      flight.wait(etaMs)
    },
    pointless: () => (entry.probe ? null : deps.breaker.peek(source)),
  })
}

/** Time for the lines before runners on a busy machine; the code itself gets its own timeout and no more. */
const longestLineMs = 15_000

type Asked = { answer: Answer; retryAfterMs: number | null }

async function callSource(deps: AnswerDeps, live: Live, open: OpenRow, matches: Match[]): Promise<Asked> {
  const { source, indicator, row } = open
  const startedAtMs = deps.clock.now()
  void change(deps, live, open, { state: 'running', etaMs: null, startedAtMs: row.startedAtMs ?? startedAtMs }).catch(
    () => {},
  )
  const context = deps.sources.callContext(source)
  const header = traceparent()
  const outcome = await deps.pool.call({
    language: source.language,
    hash: source.hash,
    indicator,
    context: { ...context, matchesJson: matches.length === 0 ? Buffer.alloc(0) : Buffer.from(JSON.stringify(matches)) },
    deadlineMs: startedAtMs + source.timeoutMs + longestLineMs,
    signal: live.stop.signal,
    retrySafe: source.exposure !== 'submits',
    ...(header === undefined ? {} : { traceparent: header }),
  })
  live.stop.signal.throwIfAborted()
  return toAnswer(open, outcome, startedAtMs, deps.clock.now())
}

function toAnswer({ source }: OpenRow, outcome: CallOutcome, startedAtMs: number, finishedAtMs: number): Asked {
  const report = outcome.ok ? outcome.report : outcome.failure.report
  const base = {
    id: newId(),
    codeVersion: source.version,
    runner: outcome.runner,
    calls: report?.calls ?? [],
    logs: report?.logs ?? [],
    startedAtMs,
    finishedAtMs,
  }
  if (!outcome.ok) {
    const { failure } = outcome
    const retryAfterMs = failure.reason === 'rate-limited' ? (failure.retryAfterMs ?? 60_000) : null
    return {
      answer: { ...base, state: 'failed', result: null, reason: failureReason(failure, source.slug) },
      retryAfterMs,
    }
  }
  if (outcome.resultJson === null)
    return { answer: { ...base, state: 'not-found', result: null, reason: null }, retryAfterMs: null }
  const parsed = parseResult(outcome.resultJson)
  if (parsed.ok) return { answer: { ...base, state: 'found', result: parsed.result, reason: null }, retryAfterMs: null }
  const reason = failureReason({ reason: 'bad-result', message: parsed.detail }, source.slug)
  return { answer: { ...base, state: 'failed', result: null, reason }, retryAfterMs: null }
}

/** A provider that says "too many" is left alone until it says; one that heard nothing has counted nothing. */
async function learnLimit(
  deps: AnswerDeps,
  live: Live,
  { source }: OpenRow,
  { answer, retryAfterMs }: Asked,
): Promise<void> {
  if (answer.reason?.code === 'host-unreachable' && source.limits.length > 0) {
    await throughOutage(live.stop.signal, () => deps.sources.quotas.release(source.id))
  }
  if (retryAfterMs === null) return
  const until = deps.clock.now() + retryAfterMs
  const why = `${source.name} answered that it gets too many questions.`
  await throughOutage(live.stop.signal, () => deps.sources.quotas.block(source.id, until, why))
}

async function commitAnswer(deps: AnswerDeps, live: Live, open: OpenRow, answer: Answer): Promise<void> {
  const { source, indicator, row, key } = open
  const record = { answer, source, kind: indicator.kind, value: indicator.value, cacheKey: key, traceId: traceId() }
  changeRow(live.run, row, {
    state: answer.state,
    answer,
    reason: answer.reason,
    etaMs: null,
    finishedAtMs: answer.finishedAtMs,
  })
  await deps.lives.commit(live, { answers: [record], rows: [row] })
  await deps.cache.remember(source, key, answer)
  deps.sources.noteCall(source.id, { state: answer.state, durationMs: answer.finishedAtMs - answer.startedAtMs })
  deps.noteAnswer(source.slug, answer)
}

/** Ends a row with an answer that somebody else's call brought. */
async function finishRow(deps: AnswerDeps, live: Live, open: OpenRow, answer: Answer): Promise<void> {
  const startedAtMs = open.row.startedAtMs ?? answer.startedAtMs
  await change(deps, live, open, {
    state: answer.state,
    answer,
    reason: answer.reason,
    etaMs: null,
    startedAtMs,
    finishedAtMs: deps.clock.now(),
  })
}

async function change(
  deps: AnswerDeps,
  live: Live,
  { row }: OpenRow,
  to: Parameters<typeof changeRow>[2],
): Promise<void> {
  if (changeRow(live.run, row, to)) await deps.lives.commit(live, { rows: [row] })
}

function noteEta(deps: AnswerDeps, live: Live, open: OpenRow, etaMs: number): void {
  // Estimates wander by some milliseconds; an analyst reads seconds.
  if (open.row.etaMs !== null && Math.abs(open.row.etaMs - etaMs) < 1_000) return
  void change(deps, live, open, { state: 'queued', etaMs }).catch(() => {})
}

/** The dataset rows and the past of all these indicators: one query each, whatever their number. */
async function readMatches(deps: AnswerDeps, live: Live, rows: readonly OpenRow[]): Promise<Map<OpenRow, Match[]>> {
  const { signal } = live.stop
  const kept = rows.filter(({ source }) => source.dataset && !('history' in source.dataset.origin))
  const remembering = rows.filter(({ source }) => source.dataset && 'history' in source.dataset.origin)
  const keysOf = new Map(
    Array.from(new Set(kept.map((row) => row.indicator)), (indicator) => [indicator, lookupKeys(indicator)]),
  )
  const queries = kept.map(({ source, indicator }) => ({ dataset: source.slug, keys: keysOf.get(indicator)! }))
  const [found, past] = await Promise.all([
    queries.length === 0 ? [] : throughOutage(signal, () => deps.datasets.matches(queries)),
    remembering.length === 0
      ? []
      : throughOutage(signal, () =>
          readPast(
            deps.sql,
            remembering.map((row) => row.indicator),
            live.run.head.id,
          ),
        ),
  ])
  const matches = new Map<OpenRow, Match[]>()
  for (const [index, row] of kept.entries()) matches.set(row, found[index]?.rows ?? [])
  for (const row of remembering) {
    const own = past.filter(({ kind, value }) => kind === row.indicator.kind && value === row.indicator.value)
    matches.set(
      row,
      own.map(({ value, ...known }) => ({ key: value, value: known })),
    )
  }
  return matches
}
