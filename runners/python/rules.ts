import { totalmem } from 'node:os'

/** How long workers live. Ages and waits in ms. */
export type Rules = {
  /** A worker that served so many calls, or is so old, is replaced: what code piles up in it goes with it. */
  calls: number
  ageMs: number
  /** A worker that nobody needed for so long ends; the last one of its version later, since a call may come that it saves a cold start. */
  idleMs: number
  lastIdleMs: number
  /** Of their own memory, all idle ones together: beyond, the least recently used end. */
  idleBytes: number
  /** So often all of them are looked at. */
  patrolMs: number
  /** Of workers, at most. */
  workers: number
}

/** What a worker has of its own, at least: the rest it shares with the zygote. */
export const WORKER_BYTES = 3 * 1024 * 1024

export const RULES: Rules = {
  calls: 20_000,
  ageMs: 30 * 60_000,
  idleMs: 5_000,
  lastIdleMs: 30_000,
  idleBytes: totalmem() / 8,
  patrolMs: 2_000,
  workers: Math.min(4_096, Math.max(32, Math.floor(totalmem() / 4 / WORKER_BYTES))),
}
