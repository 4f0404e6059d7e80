import type { Clock, Postgres } from '../../foundation/index.ts'
import { readQuotaId } from '../quotas/quota-id.ts'
import type { SourcesOptions } from '../sources.ts'
import { saveLastCalls, type LastCall } from '../store/last-calls.ts'

export type CallNotes = {
  note(quotaId: string, call: Omit<LastCall, 'at' | 'quotaId'>): void
  /** What was noted and is not in the database yet. */
  pending(sourceId: string): LastCall | undefined
  close(): Promise<void>
}

const writtenEveryMs = 1_000

/** Remembers the last call of each source; many calls make one write a second. Lost notes are no harm. */
export function noteCalls({ sql, clock, log }: { sql: Postgres; clock: Clock; log: SourcesOptions['log'] }): CallNotes {
  let pending = new Map<string, LastCall>()
  let timer: NodeJS.Timeout | undefined

  async function write(): Promise<void> {
    timer = undefined
    const calls = pending
    pending = new Map()
    if (calls.size === 0) return
    await sql
      .begin((tx) =>
        saveLastCalls(
          tx,
          [...calls].map(([quotaId, call]) => ({ ...call, ...readQuotaId(quotaId) })),
        ),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'sources: last calls were not written'))
  }

  return {
    note(quotaId, call) {
      pending.set(quotaId, { ...call, quotaId, at: new Date(clock.now()) })
      if (timer) return
      timer = setTimeout(() => void write(), writtenEveryMs)
      timer.unref()
    },
    pending: (sourceId) =>
      [...pending.values()]
        .filter((call) => readQuotaId(call.quotaId ?? '').sourceId === sourceId)
        .sort((a, b) => b.at.getTime() - a.at.getTime())[0],
    async close() {
      clearTimeout(timer)
      await write()
    },
  }
}
