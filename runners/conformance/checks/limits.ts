import { status } from '@grpc/grpc-js'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { tell } from '../probe/answers.ts'
import { demandFailure } from '../probe/bench.ts'

const guide = 'Limits'
/** Of lines or bytes: what the suite is willing to have made for one check. */
const WILLING_LINES = 20_000
const WILLING_BYTES = 32 * 1024 * 1024
const SHORT_MS = 300
const LONG_MS = 600_000
/** Longer than any late stop, and short enough to be seen when there is no stop at all. */
const SOME_MS = 8_000

/** What one call may use. */
export const limits: Check[] = [
  {
    id: 'limits.wall-busy',
    promise: 'code in an endless loop is stopped at wall_ms: DEADLINE_EXCEEDED, TIMEOUT',
    guide,
    run: async (bench) => {
      await bench.fails('endless', 'TIMEOUT', status.DEADLINE_EXCEEDED, {
        limits: { wallMs: SHORT_MS, cpuMs: LONG_MS },
      })
    },
  },
  {
    id: 'limits.wall-idle',
    promise: 'code that waits is stopped at wall_ms: DEADLINE_EXCEEDED, TIMEOUT',
    guide,
    run: async (bench) => {
      const asked = { config: { ms: SOME_MS }, limits: { wallMs: SHORT_MS } }
      const { failure } = await bench.fails('waits', 'TIMEOUT', status.DEADLINE_EXCEEDED, asked)
      demandEqual(
        failure?.report?.logs.map(({ message }) => message),
        ['begun'],
        'log lines of the stopped call',
      )
    },
  },
  {
    id: 'limits.cpu',
    promise: 'code that computes is stopped by cpu_ms, long before its wall clock: DEADLINE_EXCEEDED, TIMEOUT',
    guide,
    run: async (bench) => {
      await bench.fails('endless', 'TIMEOUT', status.DEADLINE_EXCEEDED, {
        limits: { wallMs: LONG_MS, cpuMs: SHORT_MS },
      })
    },
  },
  {
    id: 'limits.after-timeout',
    promise: 'a version whose call was stopped answers the next one',
    guide,
    run: async (bench) => {
      await bench.fails('waits', 'TIMEOUT', status.DEADLINE_EXCEEDED, {
        config: { ms: LONG_MS },
        limits: { wallMs: SHORT_MS },
      })
      await bench.found('waits', { config: { ms: 1 } })
    },
  },
  {
    id: 'limits.neighbour',
    promise: 'a call of another source succeeds while one is in an endless loop',
    guide,
    run: async (bench) => {
      const stop = new AbortController()
      const settings = { limits: { wallMs: LONG_MS, cpuMs: LONG_MS }, signal: stop.signal }
      await bench.push('endless')
      const stuck = bench.call('endless', { ...settings, context: { trustDomain: 'another' } })
      await bench.running(1)
      await bench.found('echo')
      stop.abort()
      await stuck
      await bench.running(0)
    },
  },
  {
    id: 'limits.memory',
    promise: 'code that takes more than memory_bytes is RESOURCE_EXHAUSTED, MEMORY, and the runner lives',
    guide,
    run: async (bench) => {
      const settings = { limits: { wallMs: LONG_MS, cpuMs: LONG_MS, memoryBytes: 64 * 1024 * 1024 } }
      await bench.fails('memory', 'MEMORY', status.RESOURCE_EXHAUSTED, settings)
      await bench.found('echo')
    },
  },
  {
    id: 'limits.output',
    promise: 'a result larger than output_bytes is RESOURCE_EXHAUSTED, OUTPUT_TOO_LARGE; one below passes',
    guide,
    run: async (bench) => {
      const settings = { limits: { outputBytes: 2_000 } }
      await bench.found('results', { ...settings, config: { bytes: 1_000 } })
      await bench.fails('results', 'OUTPUT_TOO_LARGE', status.RESOURCE_EXHAUSTED, {
        ...settings,
        config: { bytes: 2_001 },
      })
    },
  },
  {
    id: 'limits.output-default',
    promise: 'output_bytes 0 is the default of Describe',
    guide,
    run: async (bench) => {
      const bytes = bench.described.defaultLimits?.outputBytes ?? 0
      if (bytes > WILLING_BYTES) return { skipped: `the default of output_bytes is ${bytes}` }
      await bench.fails('results', 'OUTPUT_TOO_LARGE', status.RESOURCE_EXHAUSTED, { config: { bytes: bytes + 1 } })
      return undefined
    },
  },
  {
    id: 'limits.output-maximum',
    promise: 'output_bytes above the maximum of Describe is lowered to it',
    guide,
    run: async (bench) => {
      const { maximumLimits } = bench.described
      const bytes = maximumLimits?.outputBytes ?? 0
      if (bytes > WILLING_BYTES) return { skipped: `the maximum of output_bytes is ${bytes}` }
      const given = { outputBytes: bytes * 2, memoryBytes: maximumLimits?.memoryBytes ?? 0 }
      const asked = { limits: given, config: { bytes: bytes + 1 } }
      await bench.fails('results', 'OUTPUT_TOO_LARGE', status.RESOURCE_EXHAUSTED, asked)
      return undefined
    },
  },
  {
    id: 'limits.log-lines',
    promise: 'log lines beyond log_lines are dropped and counted, and the call goes on',
    guide,
    run: async (bench) => {
      const { report } = await bench.found('echo', { config: { lines: 10 }, limits: { logLines: 3 } })
      demandEqual([report.logs.length, report.droppedLogs], [3, 7], 'lines and dropped_logs')
      demandEqual(report.logs[0]?.message, 'line 0', 'the first line, which is kept')
    },
  },
  {
    id: 'limits.log-lines-maximum',
    promise: 'log_lines above the maximum of Describe is lowered to it',
    guide,
    run: async (bench) => {
      const most = bench.described.maximumLimits?.logLines ?? 0
      if (most > WILLING_LINES) return { skipped: `the maximum of log_lines is ${most}` }
      const { report } = await bench.found('echo', { config: { lines: most + 5 }, limits: { logLines: most + 100 } })
      demandEqual([report.logs.length, report.droppedLogs], [most, 5], 'lines and dropped_logs')
      return undefined
    },
  },
  {
    id: 'limits.log-lines-default',
    promise: 'log_lines 0 is the default of Describe',
    guide,
    run: async (bench) => {
      const usual = bench.described.defaultLimits?.logLines ?? 0
      if (usual > WILLING_LINES) return { skipped: `the default of log_lines is ${usual}` }
      const { report } = await bench.found('echo', { config: { lines: usual + 5 } })
      demandEqual([report.logs.length, report.droppedLogs], [usual, 5], 'lines and dropped_logs')
      return undefined
    },
  },
  {
    id: 'limits.concurrent',
    promise: 'no more than concurrent_calls of one source run at once; the others wait, and all are answered',
    guide,
    run: async (bench) => {
      const asked = { config: { ms: 60 }, limits: { concurrentCalls: 2 }, context: { sourceId: 'narrow' } }
      await bench.push('waits')
      await bench.running(0)
      let done = false
      const calls = Promise.all(Array.from({ length: 10 }, () => bench.call('waits', asked))).finally(
        () => (done = true),
      )
      let most = 0
      while (!done) most = Math.max(most, (await bench.describe()).load?.runningCalls ?? 0)
      demand(most <= 2, 'Describe never says that more than 2 calls run', most)
      const failed = (await calls).find((answer) => !answer.ok)
      demand(failed === undefined, 'all 10 calls are answered', failed && tell(failed))
    },
  },
  {
    id: 'limits.overloaded',
    promise: 'a call that has waited for room as long as its wall_ms is RESOURCE_EXHAUSTED, OVERLOADED',
    guide: 'Time, room and cancellation',
    run: async (bench) => {
      const narrow = (wallMs: number) => ({ concurrentCalls: 1, wallMs })
      const context = { sourceId: 'crowded' }
      const stop = new AbortController()
      await bench.push('waits')
      const first = bench.call('waits', {
        config: { ms: LONG_MS },
        limits: narrow(LONG_MS),
        context,
        signal: stop.signal,
      })
      await bench.running(1)
      const second = await bench.ask('waits', { config: { ms: 1 }, limits: narrow(SHORT_MS), context })
      stop.abort()
      await first
      demandFailure(second, 'OVERLOADED', status.RESOURCE_EXHAUSTED)
      await bench.running(0)
    },
  },
]
