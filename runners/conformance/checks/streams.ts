import { status } from '@grpc/grpc-js'
import type { BackgroundTaskResponse, TestRequest, TestResponse } from '@indag/proto/runner/v1/runner.ts'
import { Broken, demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import type { FixtureName } from '../fixtures/fixture-names.ts'
import { tell } from '../probe/answers.ts'
import { demandFailure } from '../probe/bench.ts'
import type { Asked, Bench } from '../probe/bench.ts'
import { collect } from '../probe/connection.ts'
import { markedLine } from './versions.ts'

const guide = 'Streams'
const LONG_MS = 600_000
/** 20 MB of records: more than any window of HTTP/2 and any decent buffer holds. */
const FLOOD = { records: 200, bytes: 100_000 }
const LOOK_MS = 20

/** BackgroundTask and Test. */
export const streams: Check[] = [
  {
    id: 'streams.task-events',
    promise: 'BackgroundTask streams log, progress, records, entities and links in the order of the code, end last',
    guide,
    needs: ['backgroundTask'],
    run: async (bench) => {
      const { events, end } = await collect(await task(bench, { records: 2, bytes: 3 }))
      demand(end.ok, 'the stream ends well', tell(end))
      demandEqual(
        events.map(({ event }) => event?.$case),
        ['log', 'progress', 'datasetRecordJson', 'datasetRecordJson', 'entityJson', 'linkJson', 'end'],
        'the order of events',
      )
      demandEqual(events.map(contentOf).slice(1, 6), wantedContent, 'what the events hold')
    },
  },
  {
    id: 'streams.task-report',
    promise: "a task's end has the report",
    guide,
    needs: ['backgroundTask'],
    run: async (bench) => {
      const { events } = await collect(await task(bench, {}))
      const last = events.at(-1)?.event
      demand(last?.$case === 'end' && last.value.report !== undefined, 'end with a report', last)
      demandEqual(
        last.value.report.logs.map(({ message }) => message),
        ['begun'],
        'log messages of the report',
      )
    },
  },
  {
    id: 'streams.task-many',
    promise: 'many records arrive, all of them and in order',
    guide,
    needs: ['backgroundTask'],
    run: async (bench) => {
      const { events } = await collect(await task(bench, { records: 3_000, bytes: 20 }))
      const keys = events.flatMap(({ event }) =>
        event?.$case === 'datasetRecordJson' ? [(JSON.parse(event.value.toString()) as { key: string }).key] : [],
      )
      const astray = keys.findIndex((key, at) => key !== String(at))
      demandEqual([keys.length, astray], [3_000, -1], 'records, and the first out of order')
    },
  },
  {
    id: 'streams.task-fails',
    promise: 'a task that throws keeps what it emitted and ends with the failure in place of end',
    guide,
    needs: ['backgroundTask'],
    run: async (bench) => {
      const { events, end } = await collect(await task(bench, { fail: true }))
      demandEqual(events.map(({ event }) => event?.$case).at(-1), 'linkJson', 'the last event')
      demandFailure(end, 'EXCEPTION', status.UNKNOWN)
    },
  },
  {
    id: 'streams.task-cancelled',
    promise: 'cancelling the stream in the middle ends the task',
    guide,
    needs: ['backgroundTask'],
    run: async (bench) => {
      const stream = await task(bench, FLOOD)
      const { events } = await collect(stream, () => stream.cancel())
      demand(events.length > 0, 'an event before the cancellation', events.length)
      await bench.running(0)
    },
  },
  {
    id: 'streams.back-pressure',
    promise: 'a task waits while nobody reads its stream, and does not run on into a buffer',
    guide,
    needs: ['backgroundTask'],
    run: async (bench) => {
      const startedMs = Date.now()
      const { end } = await collect(await task(bench, FLOOD))
      demand(end.ok, 'the stream ends well when it is read', tell(end))
      // Twice the time that the whole task takes when somebody reads: enough for one that runs on.
      const enoughMs = Math.min(2 * (Date.now() - startedMs), bench.patienceMs)
      const stream = await task(bench, FLOOD)
      const collected = collect(stream, () => stream.pause())
      await bench.running(1)
      for (const untilMs = Date.now() + enoughMs; Date.now() < untilMs;) {
        const { load } = await bench.describe()
        if (load?.runningCalls === 0) throw new Broken('the task still runs while nobody reads', 'it has ended')
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
      stream.cancel()
      stream.resume()
      await collected
      await bench.running(0)
    },
  },
  {
    id: 'streams.test-outcome',
    promise: 'Test runs unsaved code and ends with one outcome; the version is not held afterwards',
    guide,
    needs: ['test'],
    run: async (bench) => {
      await bench.connection.unary('delete', { hash: bench.version('echo', 3).hash })
      const { events, end } = await test(bench, 'echo', { variant: 3, config: { lines: 2 } })
      demand(end.ok, 'the stream ends well', tell(end))
      demandEqual(
        events.map(({ event }) => event?.$case),
        ['log', 'log', 'outcome'],
        'the order of events',
      )
      const last = events.at(-1)?.event
      demand(last?.$case === 'outcome' && last.value.outcome?.$case === 'resultJson', 'a result at the end', last)
      const { held } = await bench.describe()
      demand(!held.includes(bench.version('echo', 3).hash), 'Describe.held does not name it', held)
    },
  },
  {
    id: 'streams.test-live',
    promise: 'Test streams a log line when it is written, and not only with the outcome',
    guide,
    needs: ['test'],
    run: async (bench) => {
      const asked = { config: { ms: LONG_MS }, limits: { wallMs: LONG_MS } }
      const stream = bench.connection.stream('test', testRequest(bench, 'waits', asked))
      const { events } = await collect(stream, () => stream.cancel())
      const [first] = events
      demand(first?.event?.$case === 'log', 'a log event while the code still waits', first)
      await bench.running(0)
    },
  },
  {
    id: 'streams.test-calls',
    promise: 'Test streams each outgoing call',
    guide,
    needs: ['test'],
    run: async (bench) => {
      const asked = { config: { url: bench.forbidden.url('/') }, context: { hosts: [bench.forbidden.host] } }
      const { events } = await test(bench, 'fetches', asked)
      demandEqual(
        events.map(({ event }) => event?.$case),
        ['call', 'outcome'],
        'the order of events',
      )
    },
  },
  {
    id: 'streams.test-not-found',
    promise: 'Test of code that finds nothing ends with not_found',
    guide,
    needs: ['test'],
    run: async (bench) => {
      const { events } = await test(bench, 'results', { config: { what: 'nothing' } })
      const last = events.at(-1)?.event
      demand(last?.$case === 'outcome' && last.value.outcome?.$case === 'notFound', 'not_found', last)
    },
  },
  {
    id: 'streams.test-fails',
    promise: 'Test of code that throws ends well, with the failure as its outcome',
    guide,
    needs: ['test'],
    run: async (bench) => {
      const { events, end } = await test(bench, 'throws')
      demand(end.ok, 'the stream ends well', tell(end))
      demandOutcome(events, 4, markedLine(bench, 'throws'))
    },
  },
  {
    id: 'streams.test-diagnostics',
    promise: 'Test of code that does not compile streams the diagnostics, and SYNTAX as its outcome',
    guide,
    needs: ['test'],
    run: async (bench) => {
      const { events, end } = await test(bench, 'syntax')
      demand(end.ok, 'the stream ends well', tell(end))
      demandEqual(events[0]?.event?.$case, 'diagnostic', 'the first event')
      demandOutcome(events, 2, markedLine(bench, 'syntax'))
    },
  },
]

const wantedContent = [
  { done: 0, total: 2 },
  { key: '0', value: 'xxx' },
  { key: '1', value: 'xxx' },
  { name: 'entity' },
  { from: 'a', to: 'b' },
]

async function task(bench: Bench, config: Record<string, unknown>) {
  const hash = await bench.push('task')
  const context = bench.context('task', { config, limits: { wallMs: LONG_MS, cpuMs: LONG_MS } })
  // Whoever does not read must not be ended by a deadline, nor a slow machine.
  return bench.connection.stream('backgroundTask', { hash, context }, { deadlineMs: 4 * bench.patienceMs })
}

function testRequest(bench: Bench, name: FixtureName, asked: Asked): TestRequest {
  const indicator = { kind: 'ipv4', value: '192.0.2.1' }
  return { version: bench.version(name, asked.variant), indicator, context: bench.context(name, asked) }
}

function test(bench: Bench, name: FixtureName, asked: Asked = {}) {
  return collect<TestResponse>(bench.connection.stream('test', testRequest(bench, name, asked)))
}

function contentOf({ event }: BackgroundTaskResponse): unknown {
  if (event === undefined || event.$case === 'end' || event.$case === 'log') return null
  return event.$case === 'progress' ? event.value : JSON.parse(event.value.toString())
}

/** `reason` is the number of Failure.Reason. */
function demandOutcome(events: TestResponse[], reason: number, line: number): void {
  const last = events.at(-1)?.event
  const failure = last?.$case === 'outcome' && last.value.outcome?.$case === 'failure' ? last.value.outcome.value : null
  const isGood = failure?.reason === reason && failure.line === line
  demand(isGood, `an outcome with a failure of reason ${reason} in line ${line}`, last)
}
