import type { CallFailure, HookCall } from '../../executor.ts'

export type QuarantineRules = {
  /** So many children ended by one version in one trust domain ... */
  kills: number
  /** ... within this time. */
  withinMs: number
  /** The first quarantine; each one after a failed trial is twice as long, up to the longest. */
  firstMs: number
  longestMs: number
}
export const QUARANTINE: QuarantineRules = { kills: 5, withinMs: 60_000, firstMs: 5_000, longestMs: 5 * 60_000 }

/** `untilMs` is 0 outside of a quarantine; `trying`: its time is over, and one call shows whether the version holds. */
type Record = { kills: number[]; untilMs: number; lengthMs: number; trying: boolean }
/** Whoever is not heard of for so long has a clean record. */
const FORGET_AFTER_MS = 15 * 60_000
const SWEEP_ABOVE = 1_000

/**
 * Keeps out versions that end their children again and again: each end costs a new child, and all others the time for it. Of one version
 * in one trust domain only: its configuration may be what it dies of.
 */
export class Quarantine {
  readonly #rules: QuarantineRules
  readonly #now: () => number
  readonly #records = new Map<string, Record>()

  constructor(rules = QUARANTINE, now: () => number = Date.now) {
    this.#rules = rules
    this.#now = now
  }

  /** How many versions are kept out now. */
  get size(): number {
    const nowMs = this.#now()
    let count = 0
    for (const { untilMs } of this.#records.values()) if (untilMs > nowMs) count += 1
    return count
  }

  /** Why the call may not begin, if it may not. The usual case costs one look at an empty map. */
  refuse(call: HookCall): CallFailure | undefined {
    if (this.#records.size === 0) return undefined
    const record = this.#records.get(keyOf(call))
    if (!record || record.untilMs === 0) return undefined
    const leftMs = record.untilMs - this.#now()
    if (leftMs <= 0 && !record.trying) {
      record.trying = true
      return undefined
    }
    return refusal(this.#rules, Math.max(1, leftMs), record.trying)
  }

  /** A call that was let in is over: it ended its child, or held, or was cut short and says nothing. */
  settle(call: HookCall, says: 'holds' | 'killed' | 'nothing'): void {
    const killed = says === 'killed'
    if (!killed && this.#records.size === 0) return
    const key = keyOf(call)
    const record = this.#records.get(key)
    if (record?.trying) {
      record.trying = false
      if (says !== 'nothing') this.#judge(key, record, killed)
      return
    }
    if (killed && !(record && record.untilMs > 0)) this.#count(key, record)
  }

  #judge(key: string, record: Record, killed: boolean): void {
    if (!killed) return void this.#records.delete(key)
    record.lengthMs = Math.min(record.lengthMs * 2, this.#rules.longestMs)
    record.untilMs = this.#now() + record.lengthMs
  }

  #count(key: string, known: Record | undefined): void {
    const nowMs = this.#now()
    const record = known ?? { kills: [], untilMs: 0, lengthMs: this.#rules.firstMs, trying: false }
    record.kills = [...record.kills.filter((atMs) => nowMs - atMs < this.#rules.withinMs), nowMs]
    if (record.kills.length >= this.#rules.kills) record.untilMs = nowMs + record.lengthMs
    if (!known && this.#records.size >= SWEEP_ABOVE) this.#sweep(nowMs)
    this.#records.set(key, record)
  }

  #sweep(nowMs: number): void {
    for (const [key, record] of this.#records) {
      const lastMs = Math.max(record.untilMs, record.kills.at(-1) ?? 0)
      if (!record.trying && nowMs - lastMs > FORGET_AFTER_MS) this.#records.delete(key)
    }
  }
}

function keyOf(call: HookCall): string {
  return `${call.version.hash} ${call.trustDomain}`
}

function refusal({ kills, withinMs }: QuarantineRules, retryAfterMs: number, trying: boolean): CallFailure {
  const when = trying ? 'one call tries it now' : `it is tried again in ${Math.ceil(retryAfterMs / 1_000)} s`
  const message = `This version ended its sandboxed process ${kills} times within ${withinMs / 1_000} s and is kept out; ${when}. Mend what it crashes of, or raise its limits`
  return { reason: 'quarantined', message, retryAfterMs }
}
