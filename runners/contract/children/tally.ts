import type { FailureReason } from '../executor.ts'

/** How many children began, and how many did not end as their owner wanted, by why. */
export class Tally {
  started = 0
  readonly kills = new Map<FailureReason, number>()

  kill(cause: FailureReason): void {
    this.kills.set(cause, (this.kills.get(cause) ?? 0) + 1)
  }

  get killed(): number {
    let sum = 0
    for (const count of this.kills.values()) sum += count
    return sum
  }
}
