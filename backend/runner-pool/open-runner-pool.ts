import type { CallFailure, CallOutcome, CallRequest, TestEvent, TestRequest } from './calls/call.ts'
import { compileVersion } from './calls/compile-version.ts'
import { makeCall } from './calls/make-call.ts'
import { notAdmitted } from './calls/not-admitted.ts'
import { testCode } from './calls/test-code.ts'
import { untilDeadline } from './calls/until-deadline.ts'
import { openCodeSync } from './code-sync/push-code.ts'
import { Endpoint } from './endpoints/endpoint.ts'
import { Lane } from './endpoints/lane.ts'
import { viewLanguage, viewRunner } from './endpoints/view-runner.ts'
import { HedgeBudget } from './hedging/hedge-budget.ts'
import { UsualTimes } from './hedging/usual-times.ts'
import { openPoolMetrics } from './pool-metrics.ts'
import { watchEndpoint } from './probing/watch-endpoint.ts'
import type { RunnerPool, RunnerPoolOptions } from './runner-pool.ts'

const compileTimeoutMs = 15_000

/** Opens the way to the runners and begins to look at them. @throws when an address is not `host:port` or `unix:/path`. */
export function openRunnerPool(options: RunnerPoolOptions): RunnerPool {
  const { token, clock, log } = options
  const { concurrencyPerRunner = 64, probeEveryMs = 2_000, probeTimeoutMs = 1_000, absentWaitMs = 3_000 } = options
  const endpoints = options.endpoints.map(
    ({ address, language }) => new Endpoint(checkAddress(address), language, concurrencyPerRunner, options.tls),
  )
  const openLane = (language: string) =>
    new Lane(
      language,
      endpoints.filter((endpoint) => endpoint.language === language),
      clock,
      absentWaitMs,
    )
  const languages = [...new Set(endpoints.map((endpoint) => endpoint.language))].sort()
  const lanes = new Map(languages.map((language) => [language, openLane(language)]))
  const laneOf = (language: string) => lanes.get(language) ?? openLane(language)
  const metrics = openPoolMetrics(options.metrics)
  metrics.observe(endpoints, () => lanes.values())
  const watch = { token, everyMs: probeEveryMs, timeoutMs: probeTimeoutMs, log, metrics }
  const probers = new Map(
    endpoints.map((endpoint) => [endpoint, watchEndpoint(endpoint, laneOf(endpoint.language), watch)]),
  )
  const codeSync = openCodeSync(options.codeOf, token, metrics)
  const [usualTimes, hedgeBudget] = [new UsualTimes(), new HedgeBudget()]
  const onTrouble = (endpoint: Endpoint) => probers.get(endpoint)?.hurry()
  const shared = { codeSync, clock, token, usualTimes, hedgeBudget, metrics, onTrouble }
  const closing = new AbortController()
  const orClosing = (signal: AbortSignal | undefined) =>
    signal ? AbortSignal.any([signal, closing.signal]) : closing.signal
  const running = new Set<Promise<unknown>>()
  let draining = false

  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work)
    const done = () => running.delete(work)
    work.then(done, done)
    return work
  }

  const counted = (language: string) => (outcome: CallOutcome) => {
    metrics.called(language, outcome)
    return outcome
  }

  function call(request: CallRequest): Promise<CallOutcome> {
    if (draining) return Promise.resolve({ ok: false, failure: stopping, runner: null })
    const parts = { ...shared, lane: laneOf(request.language) }
    return track(makeCall({ ...request, signal: orClosing(request.signal) }, parts).then(counted(request.language)))
  }

  async function* test(request: TestRequest): AsyncGenerator<TestEvent> {
    const { version, deadlineMs } = request
    const lane = laneOf(version.language)
    const signal = orClosing(request.signal)
    const admission = await lane.admit({
      sourceId: version.sourceId,
      avoid: new Set(),
      mayTry: false,
      deadlineMs,
      signal,
    })
    if (!admission.ok) {
      yield { type: 'outcome', outcome: { ok: false, failure: notAdmitted(admission, lane) } }
      return
    }
    try {
      yield* testCode(admission.endpoint, { ...request, signal }, deadlineMs - clock.now(), token)
    } finally {
      lane.release(admission.endpoint)
    }
  }

  return {
    call,
    test,
    compile: (version, deadlineMs = clock.now() + compileTimeoutMs) =>
      track(compileVersion(version, deadlineMs, { ...shared, lane: laneOf(version.language), signal: closing.signal })),
    list: () => endpoints.map((endpoint) => viewRunner(endpoint)),
    health: () => [...lanes.values()].map(viewLanguage),
    async ready(timeoutMs) {
      await untilDeadline(Promise.all([...probers.values()].map((prober) => prober.first)), timeoutMs, undefined)
    },
    async drain(timeoutMs) {
      draining = true
      await untilDeadline(Promise.allSettled([...running]), timeoutMs, undefined)
    },
    async close() {
      draining = true
      closing.abort()
      for (const prober of probers.values()) prober.stop()
      await Promise.allSettled([...running])
      for (const endpoint of endpoints) endpoint.channel.close()
    },
  }
}

const stopping: CallFailure = { reason: 'cancelled', message: 'The backend is stopping.' }

function checkAddress(address: string): string {
  if (/^unix:\/.+/.test(address) || /^(\[[0-9a-fA-F:]+\]|[^:/\s]+):\d{1,5}$/.test(address)) return address
  throw new Error(`The runner address "${address}" is neither host:port nor unix:/path.`)
}
