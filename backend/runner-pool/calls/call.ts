import type { CallContext, Credential, Limits, OutgoingCall, SourceVersion } from '@indag/proto/runner/v1/runner.ts'

export type { CallContext, Credential, Limits, OutgoingCall, SourceVersion }

/** One question to one source version. */
export type CallRequest = {
  /** Which runners can answer it: "javascript", "python" ... */
  language: string
  /** The version's content hash. */
  hash: string
  indicator: { kind: string; value: string }
  /** Configuration, secrets, matches and limits: `sources.callContext` makes it, `matchesJson` is the caller's. */
  context: CallContext
  /** When the caller gives up, in milliseconds since 1970. Time in queues and on retries counts. */
  deadlineMs: number
  /** Aborting cancels the call on the runner; the outcome is then `cancelled`. */
  signal?: AbortSignal
  /** Whether the code may run twice for this call: false for sources that submit. */
  retrySafe: boolean
  /** W3C trace context; the active span's own when left out. */
  traceparent?: string
}

/** Why a call failed. All but the last six are the runner's words (runner.proto, Failure.Reason). */
export type CallFailureReason =
  | 'syntax'
  | 'missing-hook'
  | 'exception'
  | 'timeout'
  | 'memory'
  | 'output-too-large'
  | 'bad-result'
  | 'egress-denied'
  | 'host-unreachable'
  | 'crashed'
  | 'overloaded'
  | 'rate-limited'
  | 'unauthorized'
  | 'provider-error'
  | 'misconfigured'
  | 'quarantined'
  | 'requirements'
  /** The version's code is stored nowhere. */
  | 'unknown-version'
  /** The runner refused the request as malformed: a defect of ours. */
  | 'bad-request'
  /** The caller's signal was aborted. */
  | 'cancelled'
  /** No runner of the language answers. */
  | 'runner-unavailable'
  /** The runner went away in the middle of a call that must not run twice. */
  | 'interrupted'

export type CallFailure = {
  reason: CallFailureReason
  /** For the analyst. */
  message: string
  /** In the author's own code, counted from 1. */
  line?: number
  column?: number
  /** For `rate-limited`, when the provider said it. */
  retryAfterMs?: number
  report?: CallReport
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error'

/** What happened during a call. `atMs` counts from the start of the call. */
export type CallReport = {
  logs: { level: LogLevel; message: string; atMs: number }[]
  calls: OutgoingCall[]
  droppedLogs: number
  wallMs: number
}

/** `resultJson` is the JSON object as the code returned it, unparsed; `null` means that the source knows nothing. */
export type CallOutcome =
  | { ok: true; resultJson: Buffer | null; report: CallReport; runner: string }
  | { ok: false; failure: CallFailure; runner: string | null }

export type Diagnostic = { severity: 'error' | 'warning'; message: string; line?: number; column?: number }

export type CompileOutcome =
  | { ok: true; diagnostics: Diagnostic[]; hooks: string[] }
  | { ok: false; failure: CallFailure }

export type TestRequest = {
  version: SourceVersion
  indicator: { kind: string; value: string }
  context: CallContext
  deadlineMs: number
  signal?: AbortSignal
}

/** What a test run tells as it happens; the outcome is the last event and always comes. */
export type TestEvent =
  | { type: 'log'; log: CallReport['logs'][number] }
  | { type: 'call'; call: OutgoingCall }
  | { type: 'diagnostic'; diagnostic: Diagnostic }
  | {
      type: 'outcome'
      outcome: { ok: true; resultJson: Buffer | null; wallMs: number } | { ok: false; failure: CallFailure }
    }
