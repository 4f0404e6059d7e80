import { readdirSync } from 'node:fs'
import { setPriority } from 'node:os'

/** A weight of 56 where the usual is 1024: code that has much to compute gets on all the same. */
const SLOW_PRIORITY = 13

/** Puts a process behind all others, thread by thread, or back. False when it may not be raised again (needs a privilege). */
export function nice(pid: number, isNice: boolean): boolean {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), isNice ? SLOW_PRIORITY : 0)
    return true
  } catch {
    return false
  }
}
