import type { CallFailure } from '@indag/runner-contract'
import { WORKER_BYTES } from './rules.ts'
import type { Usage } from './zygote/usage.ts'
import type { Worker } from './worker.ts'

/** The interpreter's own housekeeping in an idle worker is far less. */
const IDLE_CPU_MS = 100

type Seen = { calls: number; wasIdle: boolean; cpuMs: number }

const RESTLESS: CallFailure = { reason: 'crashed', message: 'The code went on computing after its call was over' }
const BUSY: CallFailure = {
  reason: 'timeout',
  message: 'The code used more processor time than it may, and was killed',
}

/** Compares what workers use with what they may, from one look to the next: the worker's own clocks can be stopped by the code in it. */
export class Patrol {
  readonly #seen = new WeakMap<Worker, Seen>()
  #leastBytes = Infinity

  /** Why the worker must go, if it must. */
  judge(worker: Worker, usage: Usage): CallFailure | undefined {
    const { calls } = worker
    const isIdle = worker.idleSinceMs > 0
    this.#leastBytes = Math.min(this.#leastBytes, usage.residentBytes)
    worker.residentBytes = usage.residentBytes
    const last = this.#seen.get(worker)
    if (!last || last.calls !== calls || last.wasIdle !== isIdle) {
      this.#seen.set(worker, { calls, wasIdle: isIdle, cpuMs: usage.cpuMs })
      return undefined
    }
    const usedMs = usage.cpuMs - last.cpuMs
    if (isIdle) return usedMs > IDLE_CPU_MS ? RESTLESS : undefined
    return usedMs > worker.cpuLimitMs ? BUSY : undefined
  }

  /** Those of the idle workers that have to go so that the rest has no more than `mostBytes` of its own: the least recently used. */
  surplus(idle: Worker[], mostBytes: number): Worker[] {
    let bytes = 0
    return idle
      .toSorted((a, b) => b.idleSinceMs - a.idleSinceMs)
      .filter((worker) => {
        bytes += Math.max(WORKER_BYTES, worker.residentBytes - this.#leastBytes)
        return bytes > mostBytes
      })
  }
}
