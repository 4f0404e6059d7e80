import type { Clock, Postgres } from '../../foundation/index.ts'
import type { Limit, Window } from '../source.ts'
import { forgetCalls, readBlockingAges, readUsage, reserveCalls, saveBlock, type QuotaWindow } from '../store/quotas.ts'
import { announceChange } from '../store/revision.ts'
import { quotaIdOf, readQuotaId } from './quota-id.ts'
import type { Quotas, Reservation, WindowUsage } from './quota.ts'
import { scheduleCalls } from './schedule-calls.ts'

/** A month is 31 days: a sliding window of fewer could let more through than the provider's longest month. */
export const windowSeconds: Record<Window, number> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  month: 31 * 86_400,
}

export type Block = { untilMs: number; why: string }

export type QuotaParts = {
  sql: Postgres
  clock: Clock
  /** Of the current version; empty for an unknown source. */
  limitsOf(sourceId: string): readonly Limit[]
  /** As it was read last from the database. */
  blockOf(quotaId: string): Block | undefined
}

const sameBlockMs = 1_000
const nothing: readonly QuotaWindow[] = []

export function openQuotas({ sql, clock, limitsOf: limitsOfSource, blockOf: readBlockOf }: QuotaParts): Quotas {
  const limitsOf = (quotaId: string) => limitsOfSource(readQuotaId(quotaId).sourceId)
  // What this process was told holds here at once, whatever is being read meanwhile.
  const told = new Map<string, Block>()
  const blockOf = (quotaId: string) => {
    const [here, read] = [told.get(quotaId), readBlockOf(quotaId)]
    return here && read ? (here.untilMs > read.untilMs ? here : read) : (here ?? read)
  }
  const windowsOf = (quotaId: string) => {
    const limits = limitsOf(quotaId)
    return limits.length === 0 ? nothing : limits.map(({ calls, per }) => ({ calls, seconds: windowSeconds[per] }))
  }

  /** When the next `places` calls may go, as this process knows it now; reserves nothing. */
  async function schedule(quotaId: string, places: number, block: Block | undefined) {
    const windows = windowsOf(quotaId)
    const ages = windows.length === 0 ? [] : await readBlockingAges(sql, readQuotaId(quotaId), windows, places)
    const nowMs = clock.now()
    const lengths = windows.map(({ calls, seconds }) => ({ calls, lengthMs: seconds * 1000 }))
    return scheduleCalls(lengths, ages, places, nowMs, block?.untilMs)
  }

  async function refuse(quotaId: string, place: number, block: Block | undefined): Promise<Reservation> {
    const next = (await schedule(quotaId, place + 1, block)).at(-1)!
    const limit = next.window === undefined ? undefined : limitsOf(quotaId)[next.window]
    // The call that stood in the way may have left the window meanwhile: then it is soon, not "now" said as a refusal.
    const availableAtMs = Math.max(next.atMs, clock.now() + 1)
    if (!limit)
      return { allowed: false, availableAtMs, window: 'provider', detail: block?.why ?? 'Try again in a moment.' }
    return {
      allowed: false,
      availableAtMs,
      window: limit.per,
      detail: `The provider allows ${limit.calls} calls per ${limit.per}.`,
    }
  }

  return {
    async reserve(quotaId, n = 1, { peekPosition = 0 } = {}) {
      const windows = windowsOf(quotaId)
      const known = blockOf(quotaId)
      if (known && known.untilMs > clock.now()) return refuse(quotaId, peekPosition + n - 1, known)
      if (windows.length === 0) return { allowed: true }
      const tooMany = limitsOf(quotaId).find(({ calls }) => calls < n)
      if (tooMany) throw new RangeError(`${n} calls at once never fit into ${tooMany.calls} per ${tooMany.per}`)
      const row = await reserveCalls(sql, readQuotaId(quotaId), n, peekPosition, windows)
      if (row.allowed) return { allowed: true }
      const block = row.blockedUntil && { untilMs: row.blockedUntil.getTime(), why: row.blockedWhy ?? '' }
      return refuse(quotaId, peekPosition + n - 1, block ?? undefined)
    },
    async etas(quotaId, places) {
      if (places === 0) return []
      return (await schedule(quotaId, places, blockOf(quotaId))).map(({ atMs }) => atMs)
    },
    async release(quotaId, n = 1) {
      if (windowsOf(quotaId).length > 0) await forgetCalls(sql, readQuotaId(quotaId), n)
    },
    async block(quotaId, untilMs, why) {
      const before = blockOf(quotaId)
      // Many calls hear the same "not before" at once: one tells it.
      if (before && untilMs < before.untilMs + sameBlockMs) return
      told.set(quotaId, { untilMs, why })
      await sql.begin(async (tx) => {
        await saveBlock(tx, readQuotaId(quotaId), new Date(untilMs), why)
        await announceChange(tx)
      })
    },
    async usage(quotaId) {
      return (await this.usageOf([quotaId])).get(quotaId) ?? []
    },
    async usageOf(quotaIds) {
      const windows = quotaIds.flatMap((quotaId) =>
        limitsOf(quotaId).map(({ per }) => ({ ...readQuotaId(quotaId), seconds: windowSeconds[per] })),
      )
      const rows = windows.length === 0 ? [] : await readUsage(sql, windows)
      const byQuota = Map.groupBy(rows, (row) => quotaIdOf(row.sourceId, row.organizationId))
      return new Map(
        quotaIds.map((quotaId) => [
          quotaId,
          limitsOf(quotaId).map((limit): WindowUsage => {
            const lengthMs = windowSeconds[limit.per] * 1000
            const row = byQuota.get(quotaId)?.find(({ seconds }) => seconds * 1000 === lengthMs)
            const ageMs = row?.oldestAgeMs ?? null
            return {
              ...limit,
              used: row?.used ?? 0,
              resetsAt: ageMs === null ? null : new Date(clock.now() + lengthMs - ageMs),
            }
          }),
        ]),
      )
    },
  }
}
