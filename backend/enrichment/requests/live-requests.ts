import { RequestLost, type Change, type GroupCommit } from '../results/group-commit.ts'
import type { Row, Run } from './run.ts'

/** A request that this process runs. Followers see a change only when it is durable. */
export type Live = {
  readonly run: Run
  /** Every change in order; an entry whose row has moved on since is superseded by a later entry. */
  readonly changes: { row: Row; seq: number }[]
  /** Changes up to this number are durable. */
  committedSeq: number
  /** Set when the last change is durable. */
  ended: boolean
  /** Aborted when this process stops running it. */
  readonly stop: AbortController
}

/** How long a finished request stays in memory for those who still follow it. */
const keepMs = 20_000

/** The requests that this process runs, and those who wait for their news. */
export type LiveRequests = {
  get(id: string): Live | undefined
  all(): Live[]
  /** `stored` when the run comes from the database: what it holds is durable and is told to followers. */
  add(run: Run, stored?: boolean): Live
  /**
   * Notes and commits changes; followers hear of them once they are durable. Rejects with RequestLost, and stops running
   * the request, when another process runs it by now: followers hear the rest from there.
   */
  commit(live: Live, change: Omit<Change, 'run'>): Promise<void>
  remove(id: string): void
  /** Resolves at the next news of a request, from here or from another process. */
  nextNews(id: string, signal: AbortSignal): Promise<void>
  announce(id: string): void
}

export function openLiveRequests(groupCommit: GroupCommit): LiveRequests {
  const lives = new Map<string, Live>()
  const listeners = new Map<string, Set<() => void>>()

  function announce(id: string): void {
    const waiting = listeners.get(id)
    listeners.delete(id)
    for (const resume of waiting ?? []) resume()
  }

  function noteChanges(live: Live, rows: readonly Row[]): void {
    for (const row of rows) live.changes.push({ row, seq: row.seq })
  }

  function drop(live: Live, why: Error): void {
    live.stop.abort(why)
    const { id } = live.run.head
    if (lives.get(id) === live) lives.delete(id)
    announce(id)
  }

  return {
    get: (id) => lives.get(id),
    all: () => [...lives.values()],
    add(run, stored = false) {
      const live: Live = {
        run,
        changes: [],
        committedSeq: stored ? run.seq : 0,
        ended: false,
        stop: new AbortController(),
      }
      if (stored) noteChanges(live, storedChanges(run))
      lives.set(run.head.id, live)
      return live
    },
    async commit(live, change) {
      noteChanges(live, change.rows ?? [])
      const { run } = live
      const [seq, ended] = [run.seq, run.finishedAtMs !== null]
      await groupCommit.commit({ ...change, run }).catch((error: unknown) => {
        if (error instanceof RequestLost) drop(live, error)
        throw error
      })
      live.committedSeq = Math.max(live.committedSeq, seq)
      live.ended ||= ended
      announce(run.head.id)
      // One that ended as it was accepted has no followers yet: the database tells its story.
      if (ended && change.accepted) lives.delete(run.head.id)
      else if (ended) setTimeout(() => lives.get(run.head.id) === live && lives.delete(run.head.id), keepMs).unref()
    },
    remove(id) {
      lives.delete(id)
      announce(id)
    },
    nextNews: (id, signal) =>
      new Promise<void>((resolve) => {
        const resume = (): void => {
          const others = listeners.get(id)
          if (others?.delete(resume) && others.size === 0) listeners.delete(id)
          signal.removeEventListener('abort', resume)
          resolve()
        }
        if (signal.aborted) return resolve()
        signal.addEventListener('abort', resume, { once: true })
        const waiting = listeners.get(id) ?? new Set()
        listeners.set(id, waiting.add(resume))
      }),
    announce,
  }
}

function storedChanges(run: Run): Row[] {
  return run.items.flatMap((item) => item.rows.filter((row) => row.seq > 0)).sort((a, b) => a.seq - b.seq)
}
