/** `lengthMs` is the window's length, `calls` what it allows. */
export type ScheduleWindow = { calls: number; lengthMs: number }

export type ScheduledCall = {
  atMs: number
  /** Which window makes it wait; undefined when nothing or a block does. */
  window: number | undefined
}

/**
 * When each of the next `places` calls may go, if every one goes as soon as it may. Pure.
 * A call must be a window's length after the one that stands `calls` before it. `ages` gives for each window how old,
 * in milliseconds, those past calls are that stand so before the next ones: oldest first; where fewer are there, the
 * first places are free.
 */
export function scheduleCalls(
  windows: readonly ScheduleWindow[],
  ages: readonly (readonly number[])[],
  places: number,
  nowMs: number,
  notBeforeMs = nowMs,
): ScheduledCall[] {
  const schedule: ScheduledCall[] = []
  for (let place = 0; place < places; place += 1) {
    let atMs = Math.max(nowMs, notBeforeMs, schedule[place - 1]?.atMs ?? 0)
    let culprit = atMs > nowMs ? schedule[place - 1]?.window : undefined
    for (const [index, { calls, lengthMs }] of windows.entries()) {
      const past = ages[index] ?? []
      const free = Math.min(places, calls) - past.length
      const beforeMs =
        place < calls ? nowMs - (past[place - free] ?? Infinity) : (schedule[place - calls]?.atMs ?? -Infinity)
      if (beforeMs + lengthMs <= atMs) continue
      atMs = beforeMs + lengthMs
      culprit = index
    }
    schedule.push({ atMs, window: culprit })
  }
  return schedule
}
