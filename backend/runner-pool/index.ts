export { openRunnerPool } from './open-runner-pool.ts'
export { runnerStates } from './endpoints/runner.ts'
export type { RunnerPool, RunnerPoolOptions, TlsOptions } from './runner-pool.ts'
export type { LanguageHealth, RunnerState, RunnerView } from './endpoints/runner.ts'
export type {
  CallContext,
  CallFailure,
  CallFailureReason,
  CallOutcome,
  CallReport,
  CallRequest,
  CompileOutcome,
  Credential,
  Diagnostic,
  Limits,
  LogLevel,
  OutgoingCall,
  SourceVersion,
  TestEvent,
  TestRequest,
} from './calls/call.ts'
