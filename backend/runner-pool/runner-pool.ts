import type { BaseLogger } from 'pino'
import type { Clock } from '../foundation/index.ts'
import type { Metrics } from '../observability/index.ts'
import type { CallOutcome, CallRequest, CompileOutcome, SourceVersion, TestEvent, TestRequest } from './calls/call.ts'
import type { LanguageHealth, RunnerView } from './endpoints/runner.ts'

/** The way to the runners. Failures of plugins and of runners are values; only programming errors throw. */
export type RunnerPool = {
  call(request: CallRequest): Promise<CallOutcome>
  /** Runs unsaved code once on one runner. Never repeated. */
  test(request: TestRequest): AsyncIterable<TestEvent>
  /** Compiles a version on one runner, which then holds it. */
  compile(version: SourceVersion, deadlineMs?: number): Promise<CompileOutcome>
  list(): RunnerView[]
  health(): LanguageHealth[]
  /** Resolves when every configured runner was asked once, or after `timeoutMs`. */
  ready(timeoutMs: number): Promise<void>
  /** Takes no new call; resolves when the running ones have ended or `timeoutMs` is over. */
  drain(timeoutMs: number): Promise<void>
  /** Ends at once: running calls answer `cancelled`. */
  close(): Promise<void>
}

export type RunnerPoolOptions = {
  /** `host:port` or `unix:/path`. */
  endpoints: { language: string; address: string }[]
  /** The bearer token that the runners expect. */
  token?: string
  /** The code of a version, for a runner that does not hold it. `sources.codeOf`. */
  codeOf(hash: string): Promise<SourceVersion | undefined>
  /** Runners speak TLS with certificates of this authority; without it, plain HTTP/2. */
  tls?: TlsOptions
  log: Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>
  metrics: Metrics
  clock: Clock
  /** Calls at once on one runner; more wait in a queue that is fair to sources. 64 unless told. */
  concurrencyPerRunner?: number
  /** 2,000 unless told, jittered. */
  probeEveryMs?: number
  /** 1,000 unless told. */
  probeTimeoutMs?: number
  /** How long a call waits for a runner when none answers; 3,000 unless told, the deadline at most. */
  absentWaitMs?: number
}

/** PEM. `key` and `cert` are ours, for runners that want to know who calls. */
export type TlsOptions = { ca: Buffer; key?: Buffer; cert?: Buffer }
