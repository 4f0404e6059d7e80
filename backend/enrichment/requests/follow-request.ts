import { setTimeout as sleep } from 'node:timers/promises'
import { throughOutage, type Postgres } from '../../foundation/index.ts'
import { loadRun } from '../store/load-request.ts'
import type { Live, LiveRequests } from './live-requests.ts'
import type { Row, Run } from './run.ts'

/** What is new of a request since the last look. `run` is its present state. */
export type News = { run: Run; rows: Row[]; ended: boolean }

/** Another process's news are looked for at least this often, should a notice be lost. */
const lookAgainMs = 1_000
/** A large request takes long to load, and its news come fast: most of the time belongs to others. */
const restPerLoad = 3
const longestRestMs = 1_000

/**
 * Follows a request until it has ended: every row whose number is above `afterSeq`, then each durable change, in order.
 * The same from the process that runs it and from any other. Ends early when `signal` aborts.
 */
export async function* followRequest(
  deps: { sql: Postgres; lives: LiveRequests },
  id: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<News> {
  let seen = afterSeq
  let place = 0
  let placedIn: Live | undefined
  while (!signal.aborted) {
    const startedAt = performance.now()
    const waiting = new AbortController()
    const news = deps.lives.nextNews(id, AbortSignal.any([signal, waiting.signal]))
    const live = deps.lives.get(id)
    const run = live?.run ?? (await throughOutage(signal, () => loadRun(deps.sql, id)).catch(unlessAborted(signal)))
    if (!run) return waiting.abort()
    // This process may have lost the request and run it again: then its changes begin anew.
    if (live !== placedIn) [place, placedIn] = [0, live]
    const upTo = live ? live.committedSeq : run.seq
    const ended = live ? live.ended : run.finishedAtMs !== null
    const rows = live ? changedSince(live.changes, place, seen, upTo) : rowsSince(run, seen)
    if (live) place = placeAfter(live.changes, place, upTo)
    seen = Math.max(seen, upTo)
    if (rows.length > 0 || ended) yield { run, rows, ended }
    if (ended) return waiting.abort()
    const restMs = live ? 0 : Math.min((performance.now() - startedAt) * restPerLoad, longestRestMs)
    const timer = live ? undefined : setTimeout(() => waiting.abort(), lookAgainMs)
    await news
    clearTimeout(timer)
    if (restMs > 0) await sleep(restMs, undefined, { signal }).catch(() => {})
  }
}

/** The reader went away while the database was: nobody is left to hear of it. */
function unlessAborted(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (!signal.aborted) throw error
  }
}

function changedSince(changes: { row: Row; seq: number }[], place: number, seen: number, upTo: number): Row[] {
  const rows: Row[] = []
  for (let index = place; index < changes.length; index += 1) {
    const { row, seq } = changes[index]!
    if (seq > upTo) break
    // Superseded entries are left out: the row comes with its newer number, once that is durable. A copy: the row itself
    // may move on before the reader looks, and a number that is not durable yet must not be told.
    if (seq > seen && row.seq === seq) rows.push({ ...row })
  }
  return rows
}

function placeAfter(changes: { seq: number }[], place: number, upTo: number): number {
  let next = place
  while (next < changes.length && changes[next]!.seq <= upTo) next += 1
  return next
}

function rowsSince(run: Run, seen: number): Row[] {
  return run.items.flatMap((item) => item.rows.filter((row) => row.seq > seen)).sort((a, b) => a.seq - b.seq)
}
