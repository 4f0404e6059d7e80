// Timers of the calls under way: the host rings them.
const timers = new Map()
const TIMERS = 100
let nextTimer = 1

const startTimer = (call, run, afterMs) => {
  if (timers.size >= TIMERS) throw new RangeError(`setTimeout: at most ${TIMERS} timers may wait`)
  const id = nextTimer++
  timers.set(id, { run, callId: call?.id ?? 0 })
  post('timer', call?.id ?? 0, id, Math.min(Math.max(0, Number(afterMs) || 0), 600000))
  return id
}
/** Entry: a timer has come due. */
const ring = (id) => {
  const timer = timers.get(id)
  if (!timer) return
  timers.delete(id)
  current = timer.callId
  timer.run()
}
function setTimeout(run, afterMs, ...values) {
  if (typeof run !== 'function') throw new TypeError('setTimeout: the first argument must be a function')
  return startTimer(calls.get(current), () => run(...values), afterMs)
}
function clearTimeout(id) {
  timers.delete(id)
}
function queueMicrotask(run) {
  void Promise.resolve().then(run)
}
