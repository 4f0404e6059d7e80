import { traceId } from '../../observability/index.ts'
import type { AnswerDeps } from '../asking/answer-deps.ts'
import { answerRows } from '../asking/answer-rows.ts'
import type { Live } from './live-requests.ts'
import { changeRow, isTerminal, verdictOf, type Row, type Run } from './run.ts'
import { applyChanges, settleRows, type OpenRow, type SettleDeps } from './settle-rows.ts'

export type RunDeps = AnswerDeps & SettleDeps

/** Indicators that are settled at once: one look into the cache, one claim, one query for the datasets. */
export const chunkSize = 25

/**
 * Runs a request to its end: every row terminal, the verdicts weighed, all of it durable.
 * Rejects only when this process stops running it.
 * @param open the rows of an already settled request that still need a call.
 */
export async function runRequest(deps: RunDeps, live: Live, open?: readonly OpenRow[]): Promise<void> {
  try {
    if (open) await answerRows(deps, live, open)
    else await runInChunks(deps, live)
  } catch (error) {
    if (live.stop.signal.aborted) throw error
    deps.log.error({ err: error, request: live.run.head.id }, 'a request could not be run')
    await deps.lives.commit(live, { rows: failTheRest(live.run, deps.clock.now()) })
  }
  finishRun(live.run, deps.clock.now())
  await deps.lives.commit(live, {})
}

async function runInChunks(deps: RunDeps, live: Live): Promise<void> {
  const chunks: Promise<void>[] = []
  for (let start = 0; start < live.run.items.length; start += chunkSize) {
    live.stop.signal.throwIfAborted()
    const { changes, open } = await settleRows(deps, live.run.head, live.run.items.slice(start, start + chunkSize))
    if (changes.length > 0) void deps.lives.commit(live, { rows: applyChanges(live.run, changes) }).catch(() => {})
    const chunk = answerRows(deps, live, open)
    // Awaited below; until then a rejection must not count as unhandled.
    chunk.catch(() => {})
    chunks.push(chunk)
  }
  await Promise.all(chunks)
}

/** Weighs every indicator for good. */
export function finishRun(run: Run, nowMs: number): void {
  for (const item of run.items) item.verdict = verdictOf(item, nowMs)
  run.finishedAtMs = nowMs
}

function failTheRest(run: Run, nowMs: number): Row[] {
  const reason = { code: 'internal', detail: `An unexpected error occurred on our side; trace ${traceId()}.` }
  const open = run.items.flatMap((item) => item.rows.filter((row) => !isTerminal(row.state)))
  for (const row of open) changeRow(run, row, { state: 'failed', reason, finishedAtMs: nowMs })
  return open
}
