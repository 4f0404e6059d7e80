import type { Clock, Postgres } from '../../../foundation/index.ts'
import type { Log } from '../../identity-parts.ts'
import { canonicalJson } from '../chain/canonical-json.ts'
import type { AuditEntry } from '../entry.ts'
import { entryOf } from '../recording/record-change.ts'
import { appendEntry } from '../store.ts'
import { countDenials, type Denial } from './count-denials.ts'

export type Denials = {
  /** Never waits and never throws: a refusal is no slower for being written down. */
  note(denial: Denial): void
  /** Writes what was counted, and waits until all is written. */
  flush(): Promise<void>
  close(): Promise<void>
}

const minuteMs = 60_000
/** While the database is away; later ones are lost, and the log says so. */
const mostUnwritten = 1_000

export function keepDenials({ sql, clock, log }: { sql: Postgres; clock: Clock; log: Log }): Denials {
  const counted = countDenials()
  let unwritten: AuditEntry[] = []
  let writing: Promise<void> = Promise.resolve()
  const timer = setInterval(() => void flush(), minuteMs)
  timer.unref()

  function queue(denial: Denial, count: number): void {
    const { actor, change, reason } = denial
    if (unwritten.length >= mostUnwritten) return log.warn({ reason }, 'audit: a denied attempt is not written down')
    unwritten.push(entryOf(clock, actor, change, { outcome: 'denied', reason, count }))
  }

  function write(): Promise<void> {
    writing = writing.then(async () => {
      const batch = unwritten
      if (batch.length === 0) return
      unwritten = []
      try {
        await sql.begin(async (tx) => {
          for (const entry of batch) await appendEntry(tx, entry.id, entry.at, canonicalJson(entry))
        })
      } catch (error) {
        unwritten = [...batch, ...unwritten].slice(0, mostUnwritten)
        log.warn({ err: error, entries: unwritten.length }, 'audit: denied attempts wait for the database')
      }
    })
    return writing
  }

  function flush(): Promise<void> {
    for (const { denial, count } of counted.take()) queue(denial, count)
    return write()
  }

  return {
    note(denial) {
      const first = counted.note(denial)
      if (!first) return
      queue(first, 1)
      void write()
    },
    flush,
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}
