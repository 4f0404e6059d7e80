import { throughOutage } from '../../foundation/index.ts'
import { traceId } from '../../observability/index.ts'
import type { Answer } from '../answer.ts'
import { longestWaitMs, quotaExhausted, type Passage } from '../pacing/quota-line.ts'
import type { Live } from '../requests/live-requests.ts'
import type { OpenRow } from '../requests/settle-rows.ts'
import type { Flight } from '../single-flight/flights.ts'
import type { AnswerDeps } from './answer-deps.ts'
import { callSource, type Asked } from './call-source.ts'
import { changeAndCommit, commitAnswer, finishRow, noteEta } from './change-and-commit.ts'
import { readMatches, type Match } from './read-matches.ts'

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
    await changeAndCommit(deps, live, open, { state: 'failed', reason, etaMs: null, finishedAtMs: deps.clock.now() })
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
  await changeAndCommit(deps, live, open, { state: 'skipped', reason, etaMs: null, finishedAtMs: deps.clock.now() })
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
      await changeAndCommit(deps, live, open, {
        state: passage.state,
        reason: passage.reason,
        etaMs: null,
        finishedAtMs: deps.clock.now(),
      })
      return undefined
    }
    const found = (await matches).get(open) ?? []
    const asked = await deps.slots.run(live.run.head.id, live.stop.signal, () => callSource(deps, live, open, found))
    if (open.source.exposure !== 'local') deps.breaker.note(open.source.quotaId, asked.answer)
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

/** A provider that says "too many" is left alone until it says; one that heard nothing has counted nothing. */
async function learnLimit(
  deps: AnswerDeps,
  live: Live,
  { source }: OpenRow,
  { answer, retryAfterMs }: Asked,
): Promise<void> {
  if (answer.reason?.code === 'host-unreachable' && source.limits.length > 0) {
    await throughOutage(live.stop.signal, () => deps.sources.quotas.release(source.quotaId))
  }
  if (retryAfterMs === null) return
  const until = deps.clock.now() + retryAfterMs
  const why = `${source.name} answered that it gets too many questions.`
  await throughOutage(live.stop.signal, () => deps.sources.quotas.block(source.quotaId, until, why))
}
