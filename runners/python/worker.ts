import type { CallFailure, Child } from '@indag/runner-contract'

/** A forked interpreter that one version of one trust domain has for itself, and what the runner knows of its calls. Times are epoch ms. */
export type Worker = {
  child: Child
  memoryBytes: number
  /** That it was given since it began. */
  calls: number
  bornMs: number
  calledMs: number
  /** 0 while it has a call. */
  idleSinceMs: number
  /** Operations of the host that it waits for. */
  asking: number
  inFlight: number
  /** Rises with each short call, halves with each long one. */
  shortness: number
  /** What the call under way may use of the processor. */
  cpuLimitMs: number
  /** Resident, as last seen from outside. */
  residentBytes: number
}

/** The end that we chose, of a worker in which nothing runs. */
export const ENDED: CallFailure = { reason: 'crashed', message: 'The worker was ended' }

export function newWorker(child: Child, memoryBytes: number): Worker {
  return {
    child,
    memoryBytes,
    ...{ calls: 0, bornMs: Date.now(), calledMs: 0, idleSinceMs: 0, asking: 0, inFlight: 0, shortness: 0 },
    ...{ cpuLimitMs: Infinity, residentBytes: 0 },
  }
}
