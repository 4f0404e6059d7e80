import {
  Diagnostic_Severity as Severity,
  type SourceVersion,
  type UpdateResponse,
} from '@indag/proto/runner/v1/runner.ts'
import type { Attempt } from '../calls/attempt.ts'
import { classify } from '../calls/attempt-call.ts'
import type { CallFailure, Diagnostic } from '../calls/call.ts'
import { readDiagnostic } from '../calls/read-report.ts'
import { pause } from '../calls/until-deadline.ts'
import { callMetadata } from '../connection/open-channel.ts'
import type { Endpoint, RunningCall } from '../endpoints/endpoint.ts'
import type { PoolMetrics } from '../pool-metrics.ts'
import type { RunnerPoolOptions } from '../runner-pool.ts'

export type PushOutcome =
  | { kind: 'held'; response: UpdateResponse }
  | { kind: 'rejected'; failure: CallFailure; diagnostics: Diagnostic[] }
  | { kind: 'failed'; attempt: Attempt }

export type CodeSync = {
  /** A mark in time: pushes that end after it are news to a call that started at it. */
  mark(): number
  /** Brings a version to a runner, once for all calls that miss it, and not at all when it came after `since`. */
  push(endpoint: Endpoint, hash: string, since: number): Promise<PushOutcome>
}

// A push serves many calls: it has its own deadline, not that of the first who asked.
const pushTimeoutMs = 15_000
const readAgainMs = 250

/** Brings code to runners that do not hold it: new ones, restarted ones, those that made room. */
export function openCodeSync(
  codeOf: RunnerPoolOptions['codeOf'],
  token: string | undefined,
  metrics: PoolMetrics,
): CodeSync {
  const underway = new Map<string, Promise<PushOutcome>>()
  const held = new WeakMap<Endpoint, Map<string, { at: number; outcome: PushOutcome }>>()
  let time = 0

  async function pushNow(endpoint: Endpoint, hash: string): Promise<PushOutcome> {
    const version = await readCode(codeOf, hash)
    if (version === 'unreadable') {
      return rejected({
        reason: 'runner-unavailable',
        message: 'The code for the runner cannot be read: the database does not answer.',
      })
    }
    if (!version) {
      return rejected({
        reason: 'unknown-version',
        message: `The code of version ${hash.slice(0, 12)} is stored nowhere.`,
      })
    }
    const outcome = await updateRunner(endpoint, version, token, pushTimeoutMs)
    metrics.pushed(endpoint, outcome.kind)
    const memory = held.get(endpoint) ?? new Map<string, { at: number; outcome: PushOutcome }>()
    if (outcome.kind === 'held') memory.set(hash, { at: ++time, outcome })
    held.set(endpoint, memory)
    return outcome
  }

  return {
    mark: () => time,
    push(endpoint, hash, since) {
      const before = held.get(endpoint)?.get(hash)
      if (before && before.at > since) return Promise.resolve(before.outcome)
      const key = `${endpoint.address} ${endpoint.language} ${hash}`
      const running = underway.get(key)
      if (running) return running
      const push = pushNow(endpoint, hash).finally(() => underway.delete(key))
      underway.set(key, push)
      return push
    },
  }
}

/** The database may be away for a moment: asks again for as long as a push may take. Callers leave at their own deadlines. */
async function readCode(
  codeOf: RunnerPoolOptions['codeOf'],
  hash: string,
): Promise<SourceVersion | undefined | 'unreadable'> {
  for (let waitedMs = 0; waitedMs < pushTimeoutMs; waitedMs += readAgainMs) {
    try {
      return await codeOf(hash)
    } catch {
      await pause(readAgainMs)
    }
  }
  return 'unreadable'
}

/** One Update: the runner compiles the version and holds it unless it has an error. */
export function updateRunner(
  endpoint: Endpoint,
  version: SourceVersion,
  token: string | undefined,
  timeoutMs: number,
): Promise<PushOutcome> {
  const { channel } = endpoint
  return new Promise((resolve) => {
    const startedMs = Date.now()
    const metadata = callMetadata(token, undefined)
    const options = { deadline: startedMs + timeoutMs }
    const call = channel.runner.update({ version }, metadata, options, (error, response) => {
      endpoint.running.delete(running)
      if (!error) return resolve(judge(response))
      const attempt = classify(error, endpoint.address)
      const failure = attempt.kind === 'answered' && !attempt.outcome.ok ? attempt.outcome.failure : undefined
      // A runner without room just now says nothing about the code.
      if (failure && failure.reason !== 'overloaded') resolve(rejected(failure))
      else if (attempt.kind === 'refused') resolve(rejected(attempt.failure))
      // The code was compiled at most, no hook ran: whatever happened on the way, it may be done again.
      else resolve({ kind: 'failed', attempt: { kind: 'unreachable', sent: false, detail: error.details } })
    })
    // All that wait for the code leave with it when the runner turns out to say nothing.
    const running: RunningCall = {
      retrySafe: true,
      channel,
      startedMs,
      usualMs: undefined,
      abandon: () => call.cancel(),
    }
    endpoint.running.add(running)
  })
}

function judge(response: UpdateResponse): PushOutcome {
  const error = response.diagnostics.find((one) => one.severity === Severity.SEVERITY_ERROR)
  if (!error) return { kind: 'held', response }
  const { message, line, column } = readDiagnostic(error)
  const at = { ...(line ? { line } : {}), ...(column ? { column } : {}) }
  return rejected({ reason: 'syntax', message, ...at }, response.diagnostics.map(readDiagnostic))
}

function rejected(failure: CallFailure, diagnostics: Diagnostic[] = []): PushOutcome {
  return { kind: 'rejected', failure, diagnostics }
}
