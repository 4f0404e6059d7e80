import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_MS = 5_000
/** Of one processor, between two looks. */
const IDLE_SHARE = 0.05
/** A collection holds everything up, for 90 ms where 30 MB are in use: only where much may be had. */
const GROWTH = 1.5
const WORTH_BYTES = 16 * 2 ** 20

/**
 * Gives memory back while nothing happens. V8 collects only where code runs, so that after a burst (the first load of the datasets, a
 * large request) the garbage of it would stay for as long as the process rests: 280 MB where 130 are in use. `lookMs` is how often it
 * looks; that alone keeps no process alive.
 */
export function tidyHeapWhenIdle(lookMs: number = LOOK_MS): void {
  const collect = collector()
  let kept = 0
  let usedBefore = process.cpuUsage()
  let lookedAt = performance.now()
  setInterval(() => {
    const { user, system } = process.cpuUsage(usedBefore)
    const share = (user + system) / 1_000 / (performance.now() - lookedAt)
    usedBefore = process.cpuUsage()
    lookedAt = performance.now()
    if (share > IDLE_SHARE || getHeapStatistics().total_heap_size < kept * GROWTH + WORTH_BYTES) return
    collect()
    kept = getHeapStatistics().total_heap_size
  }, lookMs).unref()
}

/** What `node --expose-gc` gives to everybody, for this one caller. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void
  setFlagsFromString('--no-expose-gc')
  // The usual sort keeps the emptied pages for later: the operating system would see nothing of it.
  return () => collect({ type: 'major', flavor: 'last-resort' })
}
