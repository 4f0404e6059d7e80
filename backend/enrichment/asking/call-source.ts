import { newId } from '../../foundation/index.ts'
import { withSpan } from '../../observability/index.ts'
import type { CallOutcome } from '../../runner-pool/index.ts'
import type { Answer } from '../answer.ts'
import type { Live } from '../requests/live-requests.ts'
import type { OpenRow } from '../requests/settle-rows.ts'
import { failureReason } from '../results/failure-reason.ts'
import { parseResult } from '../results/parse-result.ts'
import type { AnswerDeps } from './answer-deps.ts'
import { changeAndCommit } from './change-and-commit.ts'
import type { Match } from './read-matches.ts'

/** Time for the lines before runners on a busy machine; the code itself gets its own timeout and no more. */
const longestLineMs = 15_000

/** What one call brought; `retryAfterMs` when the provider asked for patience. */
export type Asked = { answer: Answer; retryAfterMs: number | null }

/** Calls the source on a runner. Rejects only when the process stops running the request. */
export async function callSource(deps: AnswerDeps, live: Live, open: OpenRow, matches: Match[]): Promise<Asked> {
  const { source, indicator, row } = open
  const startedAtMs = deps.clock.now()
  void changeAndCommit(deps, live, open, {
    state: 'running',
    etaMs: null,
    startedAtMs: row.startedAtMs ?? startedAtMs,
  }).catch(() => {})
  const context = deps.sources.callContext(source)
  const attributes = { 'indag.source.id': source.id, 'indag.indicator.kind': indicator.kind }
  const question = {
    language: source.language,
    hash: source.hash,
    indicator,
    context: { ...context, matchesJson: matches.length === 0 ? Buffer.alloc(0) : Buffer.from(JSON.stringify(matches)) },
    deadlineMs: startedAtMs + source.timeoutMs + longestLineMs,
    signal: live.stop.signal,
    retrySafe: source.exposure !== 'submits',
  }
  const outcome = await withSpan(`source ${source.slug}`, { attributes }, async (span) => {
    const answered = await deps.pool.call(question)
    span.setAttribute('indag.outcome', answered.ok ? 'answered' : answered.failure.reason)
    return answered
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
