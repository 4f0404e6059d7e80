import { status } from '@grpc/grpc-js'
import { LogLine_Level } from '@indag/proto/runner/v1/runner.ts'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { tell } from '../probe/answers.ts'

const MIB = 1024 * 1024
const odd = 'ä € 漢字 😀 e\u0301 \u2028 \u0000 " \\ </script> \ufeff'

/** What goes into a call and what comes out of it. */
export const results: Check[] = [
  {
    id: 'context.reaches-the-code',
    promise: 'indicator, configuration, secrets and matches reach the code as they were sent',
    guide: 'The context of a call',
    run: async (bench) => {
      const config = { text: 'value', number: 1.5, nested: { list: [1, null, true] } }
      const matches = [{ key: '192.0.2.0/24', value: { network: 'documentation' } }]
      const context = { secrets: { apiKey: 'a-secret' }, matchesJson: Buffer.from(JSON.stringify(matches)) }
      const { result } = await bench.found('echo', { config, context, value: '192.0.2.77' })
      const raw = result['raw'] as Record<string, unknown>
      demandEqual(raw['indicator'], { kind: 'ipv4', value: '192.0.2.77' }, 'indicator')
      demandSame(raw['config'], config, 'config')
      demandEqual(raw['secrets'], context.secrets, 'secrets')
      demandSame(raw['matches'], matches, 'matches')
    },
  },
  {
    id: 'context.empty',
    promise: 'without a context the code sees {} and [], and the call succeeds',
    guide: 'The context of a call',
    run: async (bench) => {
      const hash = await bench.push('echo')
      const answer = await bench.connection.unary('fetchData', {
        hash,
        indicator: { kind: 'ipv4', value: '192.0.2.1' },
        context: undefined,
      })
      demand(answer.ok && answer.value.outcome?.$case === 'resultJson', 'the call finds something', tell(answer))
      const { raw } = JSON.parse(answer.value.outcome.value.toString()) as { raw: Record<string, unknown> }
      demandEqual([raw['config'], raw['secrets'], raw['matches']], [{}, {}, []], 'config, secrets, matches')
    },
  },
  {
    id: 'results.found',
    promise: 'an object that the code returns is answered as result_json',
    guide: 'Results',
    run: async (bench) => demandEqual((await bench.found('echo')).result['summary'], 'echo', 'summary'),
  },
  {
    id: 'results.not-found',
    promise: 'nothing is answered as not_found, which is a value and no error',
    guide: 'Results',
    run: async (bench) => {
      const answer = await bench.ask('results', { config: { what: 'nothing' } })
      demand(answer.ok && answer.value.outcome?.$case === 'notFound', 'OK with not_found', tell(answer))
      demand(answer.value.report !== undefined, 'a report', answer.value)
    },
  },
  {
    id: 'results.bad-result',
    promise: 'a value that is no object is INVALID_ARGUMENT, BAD_RESULT',
    guide: 'Results',
    run: async (bench) => {
      await bench.fails('results', 'BAD_RESULT', status.INVALID_ARGUMENT, { config: { what: 'number' } })
    },
  },
  {
    id: 'results.utf-8',
    promise: 'text comes back exactly, in UTF-8: beyond the basic plane, combining, NUL, separators',
    guide: 'Results',
    run: async (bench) => {
      const { result } = await bench.found('echo', { config: { text: odd }, value: odd.slice(0, 12) })
      const raw = result['raw'] as { config: { text: string }; indicator: { value: string } }
      demandEqual(raw.config.text, odd, 'the text')
      demandEqual(raw.indicator.value, odd.slice(0, 12), "the indicator's value")
    },
  },
  {
    id: 'results.large',
    promise: 'messages larger than 4 MiB pass in both directions, if limits allow',
    guide: 'Messages',
    run: async (bench) => {
      const { maximumLimits } = bench.described
      const limits = { memoryBytes: maximumLimits?.memoryBytes ?? 0, outputBytes: maximumLimits?.outputBytes ?? 0 }
      const bytes = 5 * MIB
      const inward = await bench.ask('results', { config: { bytes: 10, padding: 'x'.repeat(bytes) }, limits })
      demand(inward.ok, 'a request of 5 MiB is taken', tell(inward))
      if (limits.outputBytes < bytes + 1_000) return { skipped: `maximum_limits.output_bytes is ${limits.outputBytes}` }
      const { result } = await bench.found('results', { config: { bytes }, limits })
      demandEqual(String(result['raw']).length, bytes, 'length of the answer')
      return undefined
    },
  },
  {
    id: 'results.report',
    promise: 'the report of a call that went well has its log lines, in order, with level and time',
    guide: 'Results',
    run: async (bench) => {
      const { report } = await bench.found('echo', { config: { lines: 3 } })
      demandEqual(
        report.logs.map(({ message }) => message),
        ['line 0', 'line 1', 'line 2'],
        'log messages',
      )
      demand(
        report.logs.every(({ level }) => level === LogLine_Level.LEVEL_INFO),
        'level INFO',
        report.logs,
      )
      const ordered = report.logs.every(({ atMs }, at) => atMs >= (report.logs[at - 1]?.atMs ?? 0))
      demand(ordered, 'at_ms never goes back', report.logs)
      demandEqual([report.droppedLogs, report.calls], [0, []], 'dropped_logs and calls')
    },
  },
  {
    id: 'results.wall-ms',
    promise: "the report's wall_ms is at least the time that the code waited",
    guide: 'Results',
    run: async (bench) => {
      const { report } = await bench.found('waits', { config: { ms: 60 } })
      // A timer may fire a millisecond early by another clock.
      demand(report.wallMs >= 50, 'wall_ms is 50 or more for code that waits 60 ms', report.wallMs)
    },
  },
  {
    id: 'results.concurrent',
    promise: '64 calls at once each get their own answer',
    guide: 'Time, room and cancellation',
    run: async (bench) => {
      const values = Array.from({ length: 64 }, (_, index) => `192.0.2.${index}`)
      const answers = await Promise.all(values.map((value) => bench.found('echo', { value, config: { value } })))
      const came = answers.map(({ result }) => {
        const raw = result['raw'] as { indicator: { value: string }; config: { value: string } }
        return raw.indicator.value === raw.config.value ? raw.indicator.value : raw
      })
      demandEqual(came, values, 'the values, in order')
    },
  },
]

/** Fails unless both are the same JSON value, whatever the order of keys. */
function demandSame(came: unknown, wanted: unknown, what: string): void {
  demandEqual(sorted(came), sorted(wanted), what)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]))
}
