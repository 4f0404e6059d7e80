import type { Metrics } from '../observability/index.ts'
import type { Attempt } from './calls/attempt.ts'
import type { CallOutcome } from './calls/call.ts'
import type { Endpoint } from './endpoints/endpoint.ts'
import type { Lane } from './endpoints/lane.ts'

type Runner = Pick<Endpoint, 'address' | 'language'>
export type HedgeResult = 'won' | 'lost' | 'over-budget' | 'no-room'

/** What the pool counts; names and meaning stand in docs/metrics.md. */
export type PoolMetrics = {
  called(language: string, outcome: CallOutcome): void
  tried(runner: Runner, attempt: Attempt, elapsedMs: number): void
  hedged(language: string, result: HedgeResult): void
  /** `cause`: the state that it left "serving" for. */
  ejected(runner: Runner, cause: string): void
  pushed(runner: Runner, result: 'held' | 'rejected' | 'failed'): void
  /** To be told once the pool stands: gauges read from it. */
  observe(endpoints: readonly Endpoint[], lanes: () => Iterable<Lane>): void
}

const seconds = [0.002, 0.005, 0.02, 0.05, 0.2, 0.5, 2, 10, 60]

export function openPoolMetrics(metrics: Metrics): PoolMetrics {
  const count = <L extends string>(name: string, help: string, labels: readonly L[]) =>
    metrics.counter(`indag_runner_pool_${name}_total`, help, labels)
  const calls = count('calls', 'Calls by the runner that ended them and how', ['language', 'runner', 'outcome'])
  const attempts = count('attempts', 'Tries of calls on one runner', ['language', 'runner', 'result'])
  const hedges = count('hedges', 'Second tries of slow calls on another runner', ['language', 'result'])
  const ejections = count('ejections', 'Times that a runner was no longer used', ['language', 'runner', 'cause'])
  const pushes = count('code_pushes', 'Source versions brought to a runner', ['language', 'runner', 'result'])
  const duration = metrics.histogram(
    'indag_runner_pool_attempt_seconds',
    'Duration of answered tries',
    ['language', 'runner'],
    seconds,
  )
  const labels = ({ language, address: runner }: Runner) => ({ language, runner })
  return {
    called: (language, outcome) =>
      calls.inc({
        language,
        runner: outcome.runner ?? 'none',
        outcome: outcome.ok ? (outcome.resultJson ? 'found' : 'not-found') : outcome.failure.reason,
      }),
    tried: (runner, { kind }, elapsedMs) => {
      attempts.inc({ ...labels(runner), result: kind })
      if (kind === 'answered') duration.observe(labels(runner), elapsedMs / 1_000)
    },
    hedged: (language, result) => hedges.inc({ language, result }),
    ejected: (runner, cause) => ejections.inc({ ...labels(runner), cause }),
    pushed: (runner, result) => pushes.inc({ ...labels(runner), result }),
    observe(endpoints, lanes) {
      const each = (read: (endpoint: Endpoint) => number) => () =>
        endpoints.map((endpoint) => ({ labels: labels(endpoint), value: read(endpoint) }))
      const gauge = (name: string, help: string, read: (endpoint: Endpoint) => number) =>
        metrics.gauges(`indag_runner_pool_${name}`, help, ['language', 'runner'], each(read))
      gauge('in_flight', 'Calls on the runner now', (endpoint) => endpoint.inFlight)
      gauge('serving', '1 while the runner is used', ({ state, isSetAside }) =>
        state === 'serving' && !isSetAside ? 1 : 0,
      )
      metrics.gauges('indag_runner_pool_waiting', 'Calls that wait for a runner', ['language'], () =>
        Array.from(lanes(), ({ language, waiting }) => ({ labels: { language }, value: waiting })),
      )
    },
  }
}
