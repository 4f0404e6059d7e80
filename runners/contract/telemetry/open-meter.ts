import type { Registry } from 'prom-client'
import type { OutgoingCall } from '@indag/proto/runner/v1/runner.ts'
import type { Executor, Hook, Outcome } from '../executor.ts'

/** What a call tells the metrics. Times in ms. */
export type Meter = {
  registry: Registry
  call(hook: Hook, outcome: Outcome, waitedMs: number, tookMs: number): void
  outgoing(call: OutgoingCall): void
}
/** What is counted elsewhere, as it is now. */
export type MeterReadings = { running: number; waiting: number; versions: number; quarantined: number }

const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** The runner's metrics; docs/metrics.md lists them. Labels take values of ours only: nothing of a source makes a series. */
export async function openMeter(executor: Executor, readings: () => MeterReadings): Promise<Meter> {
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const { language, languageVersion: version, sandbox } = executor
  const named = <L extends string>(name: string, help: string, ...labelNames: L[]) => ({
    name: `indag_runner_${name}`,
    help,
    labelNames,
    registers,
  })
  const calls = new Counter(named('calls_total', 'Calls of sources by hook and outcome', 'hook', 'outcome'))
  const durations = new Histogram({
    ...named('call_duration_seconds', 'Time that calls took to run, waiting for room not counted', 'hook'),
    buckets: DURATIONS_S,
  })
  const waits = new Histogram({
    ...named('call_wait_seconds', 'Time that calls waited for room'),
    buckets: DURATIONS_S,
  })
  const outgoing = new Counter(
    named('outgoing_calls_total', 'Outgoing calls of sources by protocol and outcome', 'protocol', 'outcome'),
  )
  const bytes = new Counter(named('outgoing_response_bytes_total', 'Bytes of answers to outgoing calls'))
  const read = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...named(name, help),
      collect() {
        this.set(value())
      },
    })
  read('calls_running', 'Calls that run now', () => readings().running)
  read('calls_waiting', 'Calls that wait for room now', () => readings().waiting)
  read('children', 'Sandboxed processes, spares included', () => executor.load().children)
  read('children_memory_bytes', 'Resident memory of the sandboxed processes', () => executor.load().memoryBytes)
  read('versions', 'Source versions held', () => readings().versions)
  read('quarantined_versions', 'Source versions that are kept out for now', () => readings().quarantined)
  // Read where they are kept; counters all the same.
  new Counter({
    ...named('children_started_total', 'Sandboxed processes started, spares included'),
    collect() {
      this.reset()
      this.inc(executor.load().tally.started)
    },
  })
  new Counter({
    ...named(
      'child_kills_total',
      'Sandboxed processes that crashed or were killed for what they did, by cause',
      'cause',
    ),
    collect() {
      this.reset()
      for (const [cause, count] of executor.load().tally.kills) this.inc({ cause }, count)
    },
  })
  new Gauge(named('info', 'What this runner is; always 1', 'language', 'version', 'sandbox', 'layers')).set(
    { language, version, sandbox: sandbox.level, layers: sandbox.layers.join(',') },
    1,
  )
  return {
    registry,
    call: (hook, outcome, waitedMs, tookMs) => {
      calls.inc({ hook, outcome: wordOf(outcome) })
      durations.observe({ hook }, tookMs / 1_000)
      waits.observe(waitedMs / 1_000)
    },
    outgoing: ({ protocol, error, responseBytes }) => {
      outgoing.inc({ protocol, outcome: outgoingWord(error) })
      bytes.inc(responseBytes)
    },
  }
}

function wordOf(outcome: Outcome): string {
  if (!outcome.ok) return outcome.failure.reason
  return outcome.resultJson === null ? 'not-found' : 'result'
}

/** The report's errors begin with their reason, which is a word of ours. */
function outgoingWord(error: string): string {
  if (error === '') return 'answered'
  return error.startsWith('egress-denied') || error.startsWith('bad-request') ? 'refused' : 'failed'
}
