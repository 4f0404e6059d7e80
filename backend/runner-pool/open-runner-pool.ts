import type { CallFailure, CallOutcome, CallRequest, CompileOutcome, SourceVersion, TestEvent, TestRequest } from './calls/call.ts'
import { makeCall } from './calls/make-call.ts'
import { readDiagnostic } from './calls/read-report.ts'
import { testCode } from './calls/test-code.ts'
import { untilDeadline } from './calls/until-deadline.ts'
import { openCodeSync, updateRunner } from './code-sync/push-code.ts'
import { Endpoint } from './endpoints/endpoint.ts'
import { keepProbing, type Prober } from './endpoints/keep-probing.ts'
import { Lane } from './endpoints/lane.ts'
import { sayAbsent, viewLanguage, viewRunner } from './endpoints/view-runner.ts'
import type { RunnerPool, RunnerPoolOptions } from './runner-pool.ts'

/** Opens the way to the runners and begins to look at them. @throws when an address is not `host:port` or `unix:/path`. */
export function openRunnerPool(options: RunnerPoolOptions): RunnerPool {
  const { token, clock, log } = options
  const { concurrencyPerRunner = 64, probeEveryMs = 2_000, probeTimeoutMs = 1_000, absentWaitMs = 3_000 } = options
  const endpoints = options.endpoints.map(({ address, language }) => new Endpoint(checkAddress(address), language, concurrencyPerRunner))
  const languages = [...new Set(endpoints.map((endpoint) => endpoint.language))].sort()
  const lanes = new Map(languages.map((language) => [language, openLane(language)]))
  const probers = new Map(endpoints.map((endpoint) => [endpoint, probe(endpoint)]))
  const codeSync = openCodeSync(options.codeOf, token)
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  let draining = false

  function openLane(language: string): Lane {
    return new Lane(language, endpoints.filter((endpoint) => endpoint.language === language), clock, absentWaitMs)
  }

  const laneOf = (language: string) => lanes.get(language) ?? openLane(language)

  function probe(endpoint: Endpoint): Prober {
    let before = { state: endpoint.state, instanceId: '' }
    return keepProbing(endpoint, { token, everyMs: probeEveryMs, timeoutMs: probeTimeoutMs, onAnswer: () => {
      const instanceId = endpoint.description?.instanceId ?? ''
      const now = { state: endpoint.state, instanceId }
      if (now.state !== before.state || now.instanceId !== before.instanceId) {
        const facts = { runner: endpoint.address, language: endpoint.language, ...now, detail: endpoint.detail }
        if (now.state === 'serving') log.info(facts, 'runner serves')
        else log.warn(facts, 'runner does not serve')
      }
      before = now
      if (endpoint.state === 'serving') laneOf(endpoint.language).serveWaiting()
      else if (endpoint.state === 'down') moveCalls(endpoint)
    } })
  }

  /** Calls on a runner that stopped answering go on elsewhere, if there is an elsewhere and it is safe. */
  function moveCalls(endpoint: Endpoint): void {
    if (!laneOf(endpoint.language).hasOther(endpoint)) return
    for (const call of [...endpoint.running]) if (call.retrySafe) call.abandon()
  }

  const onTrouble = (endpoint: Endpoint) => probers.get(endpoint)?.hurry()

  async function call(request: CallRequest): Promise<CallOutcome> {
    if (draining) return { ok: false, failure: stopping, runner: null }
    const signal = request.signal ? AbortSignal.any([request.signal, closing.signal]) : closing.signal
    const made = makeCall({ ...request, signal }, { lane: laneOf(request.language), codeSync, clock, token, onTrouble })
    return track(made)
  }

  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work)
    const done = () => running.delete(work)
    work.then(done, done)
    return work
  }

  async function compile(version: SourceVersion, deadlineMs = clock.now() + 15_000): Promise<CompileOutcome> {
    const lane = laneOf(version.language)
    const admission = await lane.admit({ sourceId: version.sourceId, avoid: new Set(), deadlineMs, signal: closing.signal })
    if (!admission.ok) return { ok: false, failure: absent(lane) }
    const pushed = await updateRunner(admission.endpoint, version, token, deadlineMs - clock.now())
    lane.release(admission.endpoint)
    if (pushed.kind === 'failed') return { ok: false, failure: absent(lane) }
    if (pushed.kind === 'held') {
      return { ok: true, diagnostics: pushed.response.diagnostics.map(readDiagnostic), hooks: pushed.response.hooks }
    }
    if (pushed.failure.reason !== 'syntax') return { ok: false, failure: pushed.failure }
    return { ok: true, diagnostics: pushed.diagnostics, hooks: [] }
  }

  async function* test(request: TestRequest): AsyncGenerator<TestEvent> {
    const lane = laneOf(request.version.language)
    const signal = request.signal ? AbortSignal.any([request.signal, closing.signal]) : closing.signal
    const want = { sourceId: request.version.sourceId, avoid: new Set<Endpoint>(), deadlineMs: request.deadlineMs, signal }
    const admission = await lane.admit(want)
    if (!admission.ok) {
      yield { type: 'outcome', outcome: { ok: false, failure: absent(lane) } }
      return
    }
    try {
      yield* testCode(admission.endpoint, { ...request, signal }, request.deadlineMs - clock.now(), token)
    } finally {
      lane.release(admission.endpoint)
    }
  }

  return {
    call,
    test,
    compile,
    list: () => endpoints.map((endpoint) => viewRunner(endpoint, clock.now())),
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

function absent(lane: Lane): CallFailure {
  return { reason: 'runner-unavailable', message: sayAbsent(lane.language, lane.endpoints) }
}

function checkAddress(address: string): string {
  if (/^unix:\/.+/.test(address) || /^(\[[0-9a-fA-F:]+\]|[^:/\s]+):\d{1,5}$/.test(address)) return address
  throw new Error(`The runner address "${address}" is neither host:port nor unix:/path.`)
}
