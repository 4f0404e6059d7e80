import { status } from '@grpc/grpc-js'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { tell } from '../probe/answers.ts'
import type { Bench } from '../probe/bench.ts'

const guide = 'Time, room and cancellation'
const LONG_MS = 600_000
const SHORT_MS = 400

/** One call of a source that has room for one; the next must get that room. */
const lone = (program: 'waits' | 'endless') => ({
  program,
  asked: {
    config: { ms: LONG_MS },
    limits: { wallMs: LONG_MS, cpuMs: LONG_MS, concurrentCalls: 1 },
    context: { sourceId: `lone-${program}` },
  },
})

/** Deadlines and cancellations of gRPC, and what they leave. */
export const lifecycle: Check[] = [
  {
    id: 'lifecycle.cancel-idle',
    promise: 'cancelling a call that waits ends it and frees its place',
    guide,
    run: (bench) => cancelled(bench, 'waits'),
  },
  {
    id: 'lifecycle.cancel-busy',
    promise: 'cancelling a call in an endless loop ends it and frees its place',
    guide,
    run: (bench) => cancelled(bench, 'endless'),
  },
  {
    id: 'lifecycle.cancel-waiting',
    promise: 'cancelling a call that waits for room takes it out of the line',
    guide,
    run: async (bench) => {
      const { program, asked } = lone('waits')
      const [first, second] = [new AbortController(), new AbortController()]
      await bench.push(program)
      const running = bench.call(program, { ...asked, signal: first.signal })
      await bench.running(1)
      const waiting = bench.call(program, { ...asked, signal: second.signal })
      await bench.describedAs('Describe says that 1 call waits', ({ load }) => load?.queuedCalls === 1)
      second.abort()
      await waiting
      await bench.describedAs('Describe says that no call waits', ({ load }) => load?.queuedCalls === 0)
      demandEqual((await bench.describe()).load?.runningCalls, 1, 'running_calls')
      first.abort()
      await running
      await bench.running(0)
    },
  },
  {
    id: 'lifecycle.deadline',
    promise: 'a deadline of the RPC that is shorter than wall_ms ends the code and frees its place',
    guide,
    run: async (bench) => {
      const { program, asked } = lone('waits')
      // Pushed before, so that the time goes to the call alone.
      await bench.push(program)
      const answer = await bench.call(program, { ...asked, deadlineMs: SHORT_MS })
      demand(!answer.ok && answer.code === status.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', tell(answer))
      await bench.running(0)
      await bench.found(program, { ...asked, config: { ms: 1 } })
    },
  },
  {
    id: 'lifecycle.calls-counted',
    promise: 'Describe counts the calls that ran in calls_total',
    guide: 'Describe, health and reflection',
    run: async (bench) => {
      const before = (await bench.describe()).load?.callsTotal ?? 0
      await bench.found('echo')
      await bench.found('echo')
      demandEqual(
        ((await bench.describe()).load?.callsTotal ?? 0) - before,
        2,
        'the growth of calls_total after 2 calls',
      )
    },
  },
]

async function cancelled(bench: Bench, program: 'waits' | 'endless'): Promise<void> {
  const { asked } = lone(program)
  const stop = new AbortController()
  await bench.push(program)
  const call = bench.call(program, { ...asked, signal: stop.signal })
  await bench.running(1)
  stop.abort()
  await call
  await bench.running(0)
  // The same source has its one place again.
  const context = { sourceId: asked.context.sourceId }
  await bench.found('echo', { context, limits: { concurrentCalls: 1 } })
}
