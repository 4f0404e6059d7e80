import { traceId } from '../../observability/index.ts'
import type { Answer } from '../answer.ts'
import type { Live } from '../requests/live-requests.ts'
import { changeRow } from '../requests/run.ts'
import type { OpenRow } from '../requests/settle-rows.ts'
import type { AnswerDeps } from './answer-deps.ts'

/** Ends a row with its source's answer, which is durable, remembered and counted when this resolves. */
export async function commitAnswer(deps: AnswerDeps, live: Live, open: OpenRow, answer: Answer): Promise<void> {
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
  deps.sources.noteCall(source.quotaId, { state: answer.state, durationMs: answer.finishedAtMs - answer.startedAtMs })
  deps.noteAnswer(source.slug, answer)
}

/** Ends a row with an answer that somebody else's call brought. */
export async function finishRow(deps: AnswerDeps, live: Live, open: OpenRow, answer: Answer): Promise<void> {
  const startedAtMs = open.row.startedAtMs ?? answer.startedAtMs
  await changeAndCommit(deps, live, open, {
    state: answer.state,
    answer,
    reason: answer.reason,
    etaMs: null,
    startedAtMs,
    finishedAtMs: deps.clock.now(),
  })
}

/** Changes a row and makes the change durable; a row that has ended stays as it is. */
export async function changeAndCommit(
  deps: AnswerDeps,
  live: Live,
  { row }: OpenRow,
  to: Parameters<typeof changeRow>[2],
): Promise<void> {
  if (changeRow(live.run, row, to)) await deps.lives.commit(live, { rows: [row] })
}

/** Shows when the provider's line will probably let the row's call go. */
export function noteEta(deps: AnswerDeps, live: Live, open: OpenRow, etaMs: number): void {
  // Estimates wander by some milliseconds; an analyst reads seconds.
  if (open.row.etaMs !== null && Math.abs(open.row.etaMs - etaMs) < 1_000) return
  void changeAndCommit(deps, live, open, { state: 'queued', etaMs }).catch(() => {})
}
