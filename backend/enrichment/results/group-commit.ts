import { throughOutage, type Postgres } from '../../foundation/index.ts'
import type { Logger } from '../../observability/index.ts'
import type { Row, Run } from '../requests/run.ts'
import { emptyBatch, freezeBatch, writeBatch, type Batch, type NewAnswer } from '../store/write-batch.ts'

export type Change = { run: Run; accepted?: boolean; answers?: NewAnswer[]; rows?: readonly Row[] }

/**
 * Writes history in groups: while one batch is on its way to the database, changes gather into the next.
 * Nothing waits for a timer when it is quiet, and nothing costs a round trip of its own when it is busy.
 */
export type GroupCommit = {
  /**
   * Resolves when the change is durable. Waits through an outage of the database; rejects what can never be written,
   * and with RequestLost a change of a request that another process runs by now.
   */
  commit(change: Change): Promise<void>
  /** Writes what is left, or gives up after `timeoutMs`. */
  close(timeoutMs: number): Promise<void>
}

/** Another process took this one for dead and runs the request: what happened here since is not its history. */
export class RequestLost extends Error {
  override name = 'RequestLost'
  constructor(id: string) {
    super(`Request ${id} is run by another process now`)
  }
}

type Waiting = { change: Change; resolve: () => void; reject: (error: unknown) => void }

export function openGroupCommit(sql: Postgres, owner: () => string, log: Logger): GroupCommit {
  let waiting: Waiting[] = []
  let writing: Promise<void> | null = null
  const closing = new AbortController()

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await writeGroup(group)
    }
    writing = null
  }

  async function writeGroup(group: Waiting[]): Promise<void> {
    try {
      const ours = await writeThroughOutage(gather(group.map((one) => one.change)))
      for (const { change, resolve, reject } of group) {
        // One that was accepted is stored, whoever runs it now.
        if (change.accepted || ours.has(change.run.head.id)) resolve()
        else reject(new RequestLost(change.run.head.id))
      }
    } catch (error) {
      if (group.length === 1 || closing.signal.aborted) {
        log.error({ err: error }, 'a change of the history cannot be written')
        for (const one of group) one.reject(error)
        return
      }
      // One change that cannot be written must not take its neighbours with it.
      for (const one of group) await writeGroup([one])
    }
  }

  function writeThroughOutage(batch: Batch): Promise<Set<string>> {
    const frozen = freezeBatch(batch, owner())
    return throughOutage(
      closing.signal,
      () => writeBatch(sql, frozen),
      (error) => log.warn({ err: error }, 'the database is away; results wait in memory'),
    )
  }

  return {
    commit: (change) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ change, resolve, reject })
        // Not at once: changes of the same turn of the event loop belong together.
        writing ??= new Promise<void>((next) => setImmediate(next)).then(writeAll)
      }),
    async close(timeoutMs) {
      const late = setTimeout(() => closing.abort(new Error('closing')), timeoutMs)
      await writing?.catch(() => {})
      clearTimeout(late)
      closing.abort()
    },
  }
}

function gather(changes: Change[]): Batch {
  const batch = emptyBatch()
  for (const { run, accepted, answers, rows } of changes) {
    batch.progress.add(run)
    if (answers) batch.answers.push(...answers)
    if (accepted) batch.requests.set(run, rows ?? [])
    else for (const row of rows ?? []) batch.rows.set(row, run.head.id)
  }
  return batch
}
