import type { SandboxReport } from './sandbox/index.ts'

/** One immutable version of a source's code. `hash` was checked against the rest by the server. */
export type SourceVersion = {
  hash: string
  language: string
  code: string
  requirements: string[]
  sourceId: string
}

/** Something to say about code. Line and column are the author's own, counted from 1; absent when unknown. */
export type Diagnostic = { severity: 'error' | 'warning'; message: string; line?: number; column?: number }

/** What a source may define, by its JavaScript names whatever the language. */
export type Hook = 'fetchData' | 'backgroundTask' | 'receive'

/** The limits of one call, defaults filled in and capped by the runner's maxima. */
export type CallLimits = {
  wallMs: number
  cpuMs: number
  memoryBytes: number
  outputBytes: number
  logLines: number
  outgoingCalls: number
  concurrentCalls: number
  responseBytes: number
}

/** One call of one hook. The JSON texts were checked to be JSON and are passed on as they came. */
export type HookCall = {
  version: SourceVersion
  hook: Hook
  sourceId: string
  /** Calls of different domains never share a child. */
  trustDomain: string
  indicator?: { kind: string; value: string }
  /** JSON array text, for `receive`. */
  messagesJson?: Buffer
  configJson: Buffer
  matchesJson: Buffer
  secrets: Record<string, string>
  limits: CallLimits
  /** Epoch milliseconds at which nobody waits for it any longer. `limits.wallMs` counts from when the code begins. */
  deadlineMs: number
}

/** Why a call gave no result. The same words as runner.v1.Failure.Reason, in kebab case. */
export type FailureReason =
  | 'unknown-version'
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
  | 'cancelled'
  | 'bad-request'
  | 'requirements'
  | 'misconfigured'
  | 'quarantined'

export type CallFailure = {
  reason: FailureReason
  /** For the analyst; at most 2,000 characters; never a path or stack of the host. */
  message: string
  line?: number
  column?: number
  retryAfterMs?: number
  /**
   * Within the runner only: it was not this call's doing, and nothing was done for it yet, so that it may be begun again; `alone` where
   * it may have been this call's doing all the same.
   */
  again?: 'anywhere' | 'alone'
  /** Within the runner only: it was this call's doing that its child ended. */
  killed?: boolean
}

/** `resultJson` is the JSON text that the code gave back, unparsed; null is "not found" or "nothing". */
export type Outcome = { ok: true; resultJson: Buffer | null } | { ok: false; failure: CallFailure }

/** A request as the code asked for it: nothing in it is trusted. */
export type FetchRequest = {
  url: string
  method?: string
  headers?: [name: string, value: string][]
  /** Text, or base64 when `encoding` says so. */
  body?: string
  encoding?: 'utf8' | 'base64'
}
/** `body` is text when the bytes are UTF-8, else base64. `url` is the last one after redirects, without credentials. */
export type FetchResponse = {
  status: number
  url: string
  headers: [name: string, value: string][]
  body: string
  encoding: 'utf8' | 'base64'
}
/** Why the host refused or could not: sent back into the code as an error with this `reason`. */
export type HostFailure = { reason: 'egress-denied' | 'host-unreachable' | 'timeout' | 'bad-request'; message: string }
export type HostAnswer<T> = { ok: true; value: T } | { ok: false; failure: HostFailure }

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type Emission =
  | { what: 'progress'; done: number; total: number }
  | { what: 'dataset' | 'entity' | 'link'; json: string }

/** The guarded host side of one call. It never throws and never shows a credential. */
export interface CallHost {
  fetch(request: FetchRequest): Promise<HostAnswer<FetchResponse>>
  /** An array of the type's own shape; [] for NXDOMAIN and NODATA. */
  dns(name: string, type: string): Promise<HostAnswer<unknown[]>>
  log(level: LogLevel, message: string): void
  /** A promise means "stop reading until it settles": the listener of the stream is slow. */
  emit(emission: Emission): Promise<void> | undefined
}

/** The caller's cancellation: the part of AbortSignal that is used. An AbortSignal itself costs each call more than all else here. */
export type CancelSignal = {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export type Compiled = { diagnostics: Diagnostic[]; hooks: Hook[] }
/** How many children began, and how many did not end as their owner wanted, by why. */
export type Kills = { started: number; killed: number; kills: ReadonlyMap<FailureReason, number> }

/** What a language implements. Everything else of a runner is shared. */
export interface Executor {
  readonly language: string
  readonly languageVersion: string
  readonly sandbox: SandboxReport
  /** Compiles without keeping; `hooks` is empty when a diagnostic is an error. Never throws for bad code. */
  compile(version: SourceVersion): Promise<Compiled | CallFailure>
  /** Runs one hook. `signal` is the caller's cancellation; the deadline is in the call. Never throws. */
  call(call: HookCall, host: CallHost, signal: CancelSignal): Promise<Outcome>
  forget(hash: string): void
  load(): { children: number; memoryBytes: number; tally: Kills }
  close(): Promise<void>
}
