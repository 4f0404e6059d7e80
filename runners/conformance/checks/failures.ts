import { status } from '@grpc/grpc-js'
import { Failure_Reason } from '@indag/proto/runner/v1/runner.ts'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { tell } from '../probe/answers.ts'
import type { Refusal } from '../probe/answers.ts'
import { demandFailure } from '../probe/bench.ts'
import { collect } from '../probe/connection.ts'
import { markedLine } from './versions.ts'

const guide = 'Failures'

/** Every reason that code can bring about, in its status and its words. */
export const failures: Check[] = [
  {
    id: 'failures.exception',
    promise: 'code that throws is UNKNOWN, EXCEPTION, with the message and the line of the author',
    guide,
    run: async (bench) => {
      const { failure } = await bench.fails('throws', 'EXCEPTION', status.UNKNOWN)
      demand(failure?.message.includes('broken on purpose') === true, 'the message of the code', failure?.message)
      demandEqual(failure.line, markedLine(bench, 'throws'), 'line')
      const width = bench.version('throws').code.split('\n')[failure.line - 1]?.length ?? 0
      demand(failure.column <= width + 1, 'a column of that line, or 0 for unknown', failure.column)
    },
  },
  {
    id: 'failures.no-host-paths',
    promise: 'the message of an exception shows no path and no stack of the host',
    guide,
    run: async (bench) => {
      const { failure } = await bench.fails('throws', 'EXCEPTION', status.UNKNOWN)
      const message = failure?.message ?? ''
      demand(!/(^|[\s("'])\/[\w.-]+\/[\w./-]+|\n\s+at |Traceback/.test(message), 'no path, no stack', message)
    },
  },
  {
    id: 'failures.one-detail',
    promise: 'grpc-status-details-bin holds one detail, of type.googleapis.com/runner.v1.Failure',
    guide,
    run: async (bench) => {
      const refusal = await bench.fails('throws', 'EXCEPTION', status.UNKNOWN)
      demandEqual(refusal.types, ['type.googleapis.com/runner.v1.Failure'], 'types of the details')
    },
  },
  {
    id: 'failures.missing-hook',
    promise: 'a hook that the code has not is UNIMPLEMENTED, MISSING_HOOK',
    guide,
    run: async (bench) => {
      await bench.fails('no-hook', 'MISSING_HOOK', status.UNIMPLEMENTED)
    },
  },
  {
    id: 'failures.missing-background-hook',
    promise: 'BackgroundTask of code without that hook is UNIMPLEMENTED, MISSING_HOOK',
    guide,
    needs: ['backgroundTask'],
    run: async (bench) => {
      const hash = await bench.push('echo')
      const stream = bench.connection.stream('backgroundTask', { hash, context: bench.context('echo', {}) })
      const { end } = await collect(stream)
      demandFailure(end, 'MISSING_HOOK', status.UNIMPLEMENTED)
    },
  },
  ...(
    [
      ['rate-limited', 'RATE_LIMITED'],
      ['unauthorized', 'UNAUTHORIZED'],
      ['provider-error', 'PROVIDER_ERROR'],
      ['misconfigured', 'MISCONFIGURED'],
    ] as const
  ).map(([reason, name]): Check => ({
    id: `failures.${reason}`,
    promise: `what the code reports as "${reason}" is UNKNOWN, ${name}, in the words of the code`,
    guide,
    run: async (bench) => {
      const { failure } = await bench.fails('reports', name, status.UNKNOWN, { config: { reason } })
      demand(failure?.message.includes('as the provider said') === true, 'the words of the code', failure?.message)
    },
  })),
  {
    id: 'failures.retry-after',
    promise: 'RATE_LIMITED carries the time that the provider asked for, in milliseconds; 0 when it named none',
    guide,
    run: async (bench) => {
      for (const retryAfterMs of [90_000, 0]) {
        const config = { reason: 'rate-limited', ...(retryAfterMs > 0 ? { retryAfterMs } : {}) }
        const { failure } = await bench.fails('reports', 'RATE_LIMITED', status.UNKNOWN, { config })
        demandEqual(failure?.retryAfterMs, retryAfterMs, 'retry_after_ms')
      }
    },
  },
  {
    id: 'failures.report',
    promise: 'a failure carries the report of the call: its log lines and its time',
    guide,
    run: async (bench) => {
      const { failure } = await bench.fails('reports', 'UNAUTHORIZED', status.UNKNOWN, {
        config: { reason: 'unauthorized' },
      })
      demandEqual(
        failure?.report?.logs.map(({ message }) => message),
        ['before'],
        'log messages in the report',
      )
    },
  },
  {
    id: 'failures.next-call',
    promise: 'after any failure the same version answers the next call',
    guide,
    run: async (bench) => {
      await bench.fails('results', 'BAD_RESULT', status.INVALID_ARGUMENT, { config: { what: 'number' } })
      await bench.found('results', { config: { bytes: 10 } })
    },
  },
  {
    id: 'failures.bad-config',
    promise: 'a configuration that is no JSON object is INVALID_ARGUMENT, BAD_REQUEST, and names the field',
    guide,
    run: async (bench) => {
      const hash = await bench.push('echo')
      for (const text of ['{', '[]', '1', '{}}']) {
        const context = { ...bench.context('echo', {}), configJson: Buffer.from(text) }
        const indicator = { kind: 'ipv4', value: '192.0.2.1' }
        const answer = await bench.connection.unary('fetchData', { hash, indicator, context })
        demandNamed(demandFailure(answer, 'BAD_REQUEST', status.INVALID_ARGUMENT), 'config_json')
      }
    },
  },
  {
    id: 'failures.bad-matches',
    promise: 'matches that are no JSON array are INVALID_ARGUMENT, BAD_REQUEST, and name the field',
    guide,
    run: async (bench) => {
      const answer = await bench.ask('echo', { context: { matchesJson: Buffer.from('{}') } })
      demandNamed(demandFailure(answer, 'BAD_REQUEST', status.INVALID_ARGUMENT), 'matches_json')
    },
  },
  {
    id: 'failures.no-indicator',
    promise: 'FetchData without an indicator is INVALID_ARGUMENT, BAD_REQUEST, and names the field',
    guide,
    run: async (bench) => {
      const hash = await bench.push('echo')
      for (const indicator of [undefined, { kind: '', value: 'x' }, { kind: 'ipv4', value: '' }]) {
        const answer = await bench.connection.unary('fetchData', {
          hash,
          indicator,
          context: bench.context('echo', {}),
        })
        demandNamed(demandFailure(answer, 'BAD_REQUEST', status.INVALID_ARGUMENT), 'indicator')
      }
    },
  },
  {
    id: 'failures.never-untyped',
    promise: 'no failure of a call is without its reason, or INTERNAL',
    guide,
    run: async (bench) => {
      const bad = { hash: '', context: undefined }
      const answers = await Promise.all([
        bench.connection.unary('fetchData', { ...bad, indicator: undefined }),
        bench.connection.unary('receive', { ...bad, messagesJson: [] }),
        bench.connection.unary('update', { version: undefined }),
        bench.ask('throws'),
        bench.ask('no-hook'),
      ])
      for (const answer of answers) {
        const isTyped = !answer.ok && (answer.failure?.reason ?? 0) !== Failure_Reason.REASON_UNSPECIFIED
        demand(
          isTyped && answer.code !== status.INTERNAL,
          'a status with a typed failure, and not INTERNAL',
          tell(answer),
        )
      }
    },
  },
]

function demandNamed({ failure }: Refusal, field: string): void {
  demand(failure?.message.includes(field) === true, `the message names ${field}`, failure?.message)
}
