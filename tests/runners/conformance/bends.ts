import { Metadata, status } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import { Status } from '@indag/proto/google/rpc/status.ts'
import { HealthCheckResponse_ServingStatus as Serving } from '@indag/proto/grpc/health/v1/health.ts'
import { Failure } from '@indag/proto/runner/v1/runner.ts'
import type { FetchDataRequest, FetchDataResponse, Report, SourceVersion } from '@indag/proto/runner/v1/runner.ts'
import type { Bend } from './bent-runner.ts'

export type Misbehaviour = {
  it: string
  /** Looked at: those that must catch it, and others that must not mind. */
  among: string[]
  caughtBy: string[]
  bend: Bend
  /** Short where the fault is that nothing happens. */
  patienceMs?: number
}

const TYPE = 'type.googleapis.com/runner.v1.Failure'

/** Another typed failure in the place of the one that came. */
function refailed(error: ServiceError, change: (failure: Failure) => Partial<Failure>): Partial<ServiceError> {
  const [bytes] = error.metadata.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(bytes)) return error
  const [detail] = Status.decode(bytes).details
  const failure = Failure.decode(detail?.value ?? Buffer.alloc(0))
  const value = Buffer.from(Failure.encode({ ...failure, ...change(failure) }).finish())
  const { code, details } = error
  const metadata = new Metadata()
  const packed = Status.encode({ code, message: details, details: [{ typeUrl: TYPE, value }] }).finish()
  metadata.set('grpc-status-details-bin', Buffer.from(packed))
  return { code, details, metadata }
}

const withReport = (answer: FetchDataResponse, change: (report: Report) => Partial<Report>): FetchDataResponse =>
  answer.report ? { ...answer, report: { ...answer.report, ...change(answer.report) } } : answer

const withLimits = (request: FetchDataRequest, limits: object): FetchDataRequest =>
  request.context?.limits
    ? { ...request, context: { ...request.context, limits: { ...request.context.limits, ...limits } } }
    : request

/** One bad runner each. */
export function misbehaviours(token: string): Misbehaviour[] {
  const pushed: SourceVersion[] = []
  let instances = 0
  return [
    {
      it: 'answers failures without the typed detail',
      among: ['failures.exception', 'failures.one-detail', 'results.found'],
      caughtBy: ['failures.exception', 'failures.one-detail'],
      bend: { fetchData: { refusal: ({ code, details }) => ({ code, details }) } },
    },
    {
      it: 'answers INTERNAL for what is malformed',
      among: ['failures.bad-config', 'failures.exception'],
      caughtBy: ['failures.bad-config'],
      bend: {
        fetchData: {
          refusal: (error) => (error.code === status.INVALID_ARGUMENT ? { ...error, code: status.INTERNAL } : error),
        },
      },
    },
    {
      it: 'answers NOT_FOUND for an unknown version',
      among: ['versions.unknown', 'versions.update-holds'],
      caughtBy: ['versions.unknown'],
      bend: {
        fetchData: {
          refusal: (error) =>
            error.code === status.FAILED_PRECONDITION ? { ...error, code: status.NOT_FOUND } : error,
        },
      },
    },
    {
      it: 'does not check what is pushed',
      among: [
        'versions.hash-checked',
        'versions.hash-lower-case',
        'versions.language-checked',
        'versions.update-holds',
      ],
      caughtBy: ['versions.hash-checked', 'versions.hash-lower-case', 'versions.language-checked'],
      bend: { update: { refusal: () => ({ diagnostics: [], hooks: ['fetchData'] }) } },
    },
    {
      it: 'adds with Init in place of replacing',
      among: ['versions.update-holds', 'versions.init-replaces', 'versions.init-rejected', 'versions.init-empty'],
      caughtBy: ['versions.init-replaces', 'versions.init-rejected', 'versions.init-empty'],
      bend: {
        update: {
          request: (request) => {
            if (request.version) pushed.push(request.version)
            return request
          },
        },
        init: { request: ({ versions }) => ({ versions: [...pushed, ...versions] }) },
      },
    },
    {
      it: 'does not delete',
      among: ['versions.delete', 'isolation.after-delete', 'messages.empty-delete'],
      caughtBy: ['versions.delete', 'isolation.after-delete'],
      bend: { delete: { request: () => ({ hash: '' }) } },
    },
    {
      it: 'takes every token',
      among: ['authentication'],
      caughtBy: ['authentication.none', 'authentication.wrong', 'authentication.scheme'],
      bend: { token },
    },
    {
      it: 'names another line than that of the author',
      among: ['failures.exception', 'failures.missing-hook'],
      caughtBy: ['failures.exception'],
      bend: { fetchData: { refusal: (error) => refailed(error, ({ line }) => ({ line: line + 1 })) } },
    },
    {
      it: 'shows the stack of the host',
      among: ['failures.no-host-paths', 'failures.one-detail'],
      caughtBy: ['failures.no-host-paths'],
      bend: {
        fetchData: {
          refusal: (error) =>
            refailed(error, ({ message }) => ({ message: `${message}\n    at /srv/runner/main.ts:3` })),
        },
      },
    },
    {
      it: 'forgets how long to wait',
      among: ['failures.rate-limited', 'failures.retry-after'],
      caughtBy: ['failures.retry-after'],
      bend: { fetchData: { refusal: (error) => refailed(error, () => ({ retryAfterMs: 0 })) } },
    },
    {
      it: 'keeps the report of a failure to itself',
      among: ['failures.unauthorized', 'failures.report'],
      caughtBy: ['failures.report'],
      bend: {
        fetchData: {
          refusal: (error) => refailed(error, ({ report }) => (report ? { report: { ...report, logs: [] } } : {})),
        },
      },
    },
    {
      it: 'sends no report with nothing',
      among: ['results.found', 'results.not-found'],
      caughtBy: ['results.not-found'],
      bend: {
        fetchData: {
          answer: (answer) => (answer.outcome?.$case === 'notFound' ? { outcome: answer.outcome } : answer),
        },
      },
    },
    {
      it: 'says {} for nothing',
      among: ['results.found', 'results.not-found'],
      caughtBy: ['results.not-found'],
      bend: {
        fetchData: {
          answer: (answer) =>
            answer.outcome?.$case === 'notFound'
              ? { ...answer, outcome: { $case: 'resultJson', value: Buffer.from('{}') } }
              : answer,
        },
      },
    },
    {
      it: 'mangles text beyond Latin-1',
      among: ['results.found', 'results.utf-8'],
      caughtBy: ['results.utf-8'],
      bend: {
        fetchData: {
          answer: (answer) =>
            answer.outcome?.$case === 'resultJson'
              ? {
                  ...answer,
                  outcome: { $case: 'resultJson', value: Buffer.from(answer.outcome.value.toString('latin1')) },
                }
              : answer,
        },
      },
    },
    {
      it: 'takes no message above 4 MiB',
      among: ['results.found', 'results.large'],
      caughtBy: ['results.large'],
      bend: { largestRequestBytes: 4 * 1024 * 1024 },
    },
    {
      it: 'does not count the lines that it drops',
      among: ['limits.log-lines', 'results.report'],
      caughtBy: ['limits.log-lines'],
      bend: { fetchData: { answer: (answer) => withReport(answer, () => ({ droppedLogs: 0 })) } },
    },
    {
      it: 'does not look at the wall clock of the call',
      among: ['limits.wall-idle', 'results.wall-ms'],
      caughtBy: ['limits.wall-idle'],
      bend: { fetchData: { request: (request) => withLimits(request, { wallMs: 0 }) } },
    },
    {
      it: 'does not look at the size of the result',
      among: ['limits.output', 'results.found'],
      caughtBy: ['limits.output'],
      bend: { fetchData: { request: (request) => withLimits(request, { outputBytes: 0 }) } },
    },
    {
      it: 'runs as many calls at once as come',
      among: ['limits.concurrent', 'results.concurrent'],
      caughtBy: ['limits.concurrent'],
      bend: { fetchData: { request: (request) => withLimits(request, { concurrentCalls: 0 }) } },
    },
    {
      it: 'goes on when a call is cancelled',
      among: ['lifecycle.cancel-idle', 'results.found'],
      caughtBy: ['lifecycle.cancel-idle'],
      bend: { fetchData: { ignoresCancellation: true } },
      patienceMs: 4_000,
    },
    {
      it: 'never answers a call',
      among: ['describe.instance', 'results.found'],
      caughtBy: ['results.found'],
      bend: { fetchData: { silent: true } },
      patienceMs: 4_000,
    },
    {
      it: 'puts all trust domains into one',
      among: ['isolation.trust-domains', 'isolation.versions'],
      caughtBy: ['isolation.trust-domains'],
      bend: {
        fetchData: {
          request: (request) =>
            request.context ? { ...request, context: { ...request.context, trustDomain: 'all' } } : request,
        },
      },
    },
    {
      it: 'tells a credential in the report',
      among: ['egress.credential-header', 'egress.request'],
      caughtBy: ['egress.credential-header'],
      bend: {
        fetchData: {
          answer: (answer, request) =>
            withReport(answer, ({ calls }) => ({
              calls: calls.map((call) => ({
                ...call,
                target: call.target + (request.context?.credentials[0]?.value ?? ''),
              })),
            })),
        },
      },
    },
    {
      it: 'reports no refused outgoing call',
      among: ['egress.loopback', 'egress.report-refused'],
      caughtBy: ['egress.report-refused'],
      bend: {
        fetchData: {
          refusal: (error) => refailed(error, ({ report }) => (report ? { report: { ...report, calls: [] } } : {})),
        },
      },
    },
    {
      it: 'holds what it was to test',
      among: ['streams.test-outcome', 'streams.test-fails'],
      caughtBy: ['streams.test-outcome'],
      bend: {
        describe: { answer: (answer) => ({ ...answer, held: [...answer.held, ...pushed.map(({ hash }) => hash)] }) },
        test: {
          request: (request) => {
            if (request.version) pushed.push(request.version)
            return request
          },
        },
      },
    },
    {
      it: 'sends the lines of Test with the outcome',
      among: ['streams.test-outcome', 'streams.test-live'],
      caughtBy: ['streams.test-live'],
      bend: { test: { holdsBack: true } },
      patienceMs: 4_000,
    },
    {
      it: 'sends two outcomes of Test',
      among: ['streams.test-outcome', 'streams.test-live'],
      caughtBy: ['streams.test-outcome'],
      bend: { test: { events: (event) => (event.event?.$case === 'outcome' ? [event, event] : [event]) } },
    },
    {
      it: 'sends no end of a task',
      among: ['streams.task-events', 'streams.task-report', 'streams.task-many'],
      caughtBy: ['streams.task-events', 'streams.task-report'],
      bend: { backgroundTask: { events: (event) => (event.event?.$case === 'end' ? [] : [event]) } },
    },
    {
      it: 'loses a record of a task',
      among: ['streams.task-events', 'streams.task-many'],
      caughtBy: ['streams.task-many'],
      bend: {
        backgroundTask: {
          events: (event) =>
            event.event?.$case === 'datasetRecordJson' && event.event.value.includes('"2000"') ? [] : [event],
        },
      },
    },
    {
      it: 'lets a task run on when nobody reads',
      among: ['streams.task-events', 'streams.back-pressure'],
      caughtBy: ['streams.back-pressure'],
      bend: { backgroundTask: { buffers: true } },
    },
    {
      it: 'mixes up the outcomes of messages',
      among: ['receive.outcomes', 'receive.empty'],
      caughtBy: ['receive.outcomes'],
      bend: { receive: { answer: (answer) => ({ ...answer, outcomes: answer.outcomes.toReversed() }) } },
    },
    {
      it: 'is another instance with every Describe',
      among: ['describe.instance', 'describe.limits'],
      caughtBy: ['describe.instance'],
      bend: { describe: { answer: (answer) => ({ ...answer, instanceId: String((instances += 1)) }) } },
    },
    {
      it: 'gives more by default than at most',
      among: ['describe.instance', 'describe.limits'],
      caughtBy: ['describe.limits'],
      bend: {
        describe: {
          answer: ({ maximumLimits: _maximum, ...answer }) => ({
            ...answer,
            maximumLimits: { ...answer.defaultLimits, logLines: 1 } as never,
          }),
        },
      },
    },
    {
      it: 'invents a level of sandbox',
      among: ['describe.names', 'describe.sandbox'],
      caughtBy: ['describe.sandbox'],
      bend: { describe: { answer: (answer) => ({ ...answer, sandboxLevel: 'perfect' }) } },
    },
    {
      it: 'does not know its own service in health',
      among: ['health.check', 'describe.names'],
      caughtBy: ['health.check'],
      bend: { health: (service) => ({ status: service === '' ? Serving.SERVING : Serving.SERVICE_UNKNOWN }) },
    },
    {
      it: 'has no reflection',
      among: ['reflection', 'describe.names'],
      caughtBy: ['reflection.services', 'reflection.file'],
      bend: {},
    },
  ]
}
