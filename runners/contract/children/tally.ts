import type { FailureReason, Kills } from '../executor.ts'

export class Tally implements Kills {
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
