import type { Metadata, ServerUnaryCall, ServerWritableStream, ServiceError, sendUnaryData } from '@grpc/grpc-js'
import type { FetchDataResponse, RunnerServiceServer } from '@indag/proto/runner/v1/runner.ts'
import type { CallFailure } from '../executor.ts'
import { makeAuthentication } from './authentication.ts'
import { backgroundTask } from './calls/background-task.ts'
import { deadlineOf, signalOf, unknownVersion } from './calls/caller.ts'
import { describe } from './describe.ts'
import { toServiceError } from './failure-status.ts'
import { readCall } from './calls/read-call.ts'
import { receive } from './calls/receive.ts'
import { Reporter } from './calls/report.ts'
import { runCall } from './calls/run-call.ts'
import type { Engine } from './calls/run-call.ts'
import { testCode } from './calls/test-code.ts'
import { beginTrace, trailerOf } from '../telemetry/index.ts'
import { toWireDiagnostic } from './wire-diagnostic.ts'
import type { Service } from './parts.ts'

/** The handlers of runner.v1.RunnerService: parse, one use case, shape the answer. */
export function makeService(service: Service): RunnerServiceServer {
  const authenticate = makeAuthentication(service.token)
  const { versions, engine } = service

  type Unary<Q, A> = (
    request: Q,
    call: ServerUnaryCall<Q, A>,
  ) => Promise<[answer: A, trailer?: Metadata | undefined] | CallFailure>
  const unary =
    <Q, A>(handle: Unary<Q, A>) =>
    (call: ServerUnaryCall<Q, A>, reply: sendUnaryData<A>): void => {
      const refusal = authenticate(call.metadata)
      if (refusal) return reply(refusal)
      handle(call.request, call).then(
        (answer) => (Array.isArray(answer) ? reply(null, answer[0], answer[1]) : reply(toServiceError(answer))),
        (cause: unknown) => reply(asServiceError(engine, cause)),
      )
    }
  const stream =
    <Q, A>(handle: (call: ServerWritableStream<Q, A>) => Promise<CallFailure | undefined>) =>
    (call: ServerWritableStream<Q, A>): void => {
      const refusal = authenticate(call.metadata)
      if (refusal) return void call.emit('error', refusal)
      handle(call).then(
        (failure) => (failure ? call.emit('error', toServiceError(failure)) : call.end()),
        (cause: unknown) => call.emit('error', asServiceError(engine, cause)),
      )
    }

  return {
    init: unary(async (request) => {
      const rejected = []
      const kept = new Set(request.versions.map((version) => version.hash))
      for (const hash of versions.hashes()) if (!kept.has(hash)) versions.remove(hash)
      for (const version of request.versions) {
        const added = await versions.add(version)
        if ('reason' in added)
          return { reason: added.reason, message: `versions, hash ${version.hash.slice(0, 80)}: ${added.message}` }
        const errors = added.diagnostics.filter((item) => item.severity === 'error')
        if (errors.length > 0)
          rejected.push({ hash: version.hash, diagnostics: added.diagnostics.map(toWireDiagnostic) })
      }
      return [{ rejected }]
    }),
    update: unary(async (request) => {
      const added = await versions.add(request.version)
      if ('reason' in added) return added
      return [{ diagnostics: added.diagnostics.map(toWireDiagnostic), hooks: added.hooks }]
    }),
    delete: unary(async (request) => {
      versions.remove(request.hash)
      return [{}]
    }),
    fetchData: (call, reply) => {
      const refusal = authenticate(call.metadata)
      if (refusal) return reply(refusal)
      void fetchData(service, call, reply)
    },
    receive: unary((_request, call) => receive(service, call)),
    backgroundTask: stream((call) => backgroundTask(service, call)),
    test: stream((call) => testCode(service, call)),
    describe: unary(async () => [describe(service)]),
  }
}

type FetchCall = Parameters<RunnerServiceServer['fetchData']>[0]

/** The hot road: kept apart from the general shape so that one warm call makes as few promises as it can. */
async function fetchData(service: Service, call: FetchCall, reply: sendUnaryData<FetchDataResponse>): Promise<void> {
  const { engine, versions } = service
  const { hash, indicator, context } = call.request
  try {
    const held = versions.get(hash)
    if (!held) return reply(toServiceError(unknownVersion(hash)))
    const asked = readCall({ held, hook: 'fetchData', context, indicator, callerDeadlineMs: deadlineOf(call) })
    if ('reason' in asked) return reply(toServiceError(asked))
    const trace = beginTrace(call.metadata, 'FetchData', engine.tracing?.tracer)
    const reporter = new Reporter(asked.call.limits.logLines)
    const around = { context: asked.context, reporter, signal: signalOf(call), trace }
    const outcome = await runCall(engine, asked.call, around)
    const report = reporter.finish()
    if (!outcome.ok) return reply(toServiceError(outcome.failure, report))
    const value = outcome.resultJson
    reply(
      null,
      { outcome: value ? { $case: 'resultJson', value } : { $case: 'notFound', value: {} }, report },
      trailerOf(trace),
    )
  } catch (cause) {
    reply(asServiceError(engine, cause))
  }
}

/** What a use case threw on purpose (a failure with its report) goes through as it is; anything else is our defect. */
function asServiceError(engine: Engine, cause: unknown): ServiceError {
  if (isServiceError(cause)) return cause
  engine.log.error('a handler threw', { err: cause })
  engine.sentry.report(cause)
  return toServiceError({ reason: 'crashed', message: 'The runner failed to handle the call' })
}

function isServiceError(cause: unknown): cause is ServiceError {
  return cause instanceof Error && 'code' in cause && 'metadata' in cause
}
