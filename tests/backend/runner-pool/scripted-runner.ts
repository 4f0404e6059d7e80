import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type StatusObject,
} from '@grpc/grpc-js'
import { Status } from '@indag/proto/google/rpc/status.ts'
import { HealthCheckResponse_ServingStatus as Serving, HealthService } from '@indag/proto/grpc/health/v1/health.ts'
import {
  Failure,
  Failure_Reason as Reason,
  RunnerServiceService,
  type DescribeResponse,
  type FetchDataRequest,
  type FetchDataResponse,
  type SourceVersion,
  type UpdateResponse,
} from '@indag/proto/runner/v1/runner.ts'

export type Asked = ServerUnaryCall<FetchDataRequest, FetchDataResponse>
/** 'silence': never answers. */
export type Reply = FetchDataResponse | Partial<StatusObject> | 'silence'

/** A runner that does as the test says: a real gRPC server with no sandbox behind it. */
export type ScriptedRunner = {
  address: string
  fetches: FetchDataRequest[]
  metadata: Metadata[]
  updates: SourceVersion[]
  held: Set<string>
  /** Calls that the caller cancelled. */
  cancelled: number
  describes: number
  /** Set these to change what it does. */
  reply: (call: Asked) => Reply | Promise<Reply>
  serving: boolean
  /** The names of RPCs that are left without an answer. */
  deaf: boolean
  instanceId: string
  stop(): Promise<void>
  kill(): void
}

export type ScriptedOptions = {
  language?: string
  token?: string
  address?: string
  knowsAll?: boolean
  /** PEM; with `clients`, the authority of callers, it wants a certificate from them. */
  tls?: { key: Buffer; cert: Buffer; clients?: Buffer }
}

export async function scriptedRunner(options: ScriptedOptions = {}): Promise<ScriptedRunner> {
  const server = new Server()
  const { language = 'javascript', knowsAll = true } = options
  const runner: ScriptedRunner = {
    address: '',
    fetches: [],
    metadata: [],
    updates: [],
    held: new Set(),
    cancelled: 0,
    describes: 0,
    reply: () => found({ from: runner.address }),
    serving: true,
    deaf: false,
    instanceId: 'first',
    stop: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    kill: () => server.forceShutdown(),
  }
  const refuses = (metadata: Metadata) =>
    options.token !== undefined && metadata.get('authorization')[0] !== `Bearer ${options.token}`
  const unauthenticated = { code: status.UNAUTHENTICATED, details: 'no' }

  server.addService(HealthService, {
    check: (_call: unknown, callback: (error: null, value: { status: number }) => void) => {
      if (!runner.deaf) callback(null, { status: runner.serving ? Serving.SERVING : Serving.NOT_SERVING })
    },
    watch: () => {},
  })
  server.addService(RunnerServiceService, {
    describe: (call: ServerUnaryCall<unknown, DescribeResponse>, callback: sendUnaryData<DescribeResponse>) => {
      runner.describes += 1
      if (refuses(call.metadata)) callback(unauthenticated)
      else if (!runner.deaf) callback(null, describe(language, runner.instanceId))
    },
    update: (
      call: ServerUnaryCall<{ version: SourceVersion }, UpdateResponse>,
      callback: sendUnaryData<UpdateResponse>,
    ) => {
      const { version } = call.request
      runner.updates.push(version)
      const broken = version.code.includes('broken')
      if (!broken) runner.held.add(version.hash)
      const diagnostics = broken ? [{ severity: 1 as const, message: 'Unexpected token', line: 3, column: 7 }] : []
      callback(null, { diagnostics, hooks: broken ? [] : ['fetchData'] })
    },
    fetchData: async (call: Asked, callback: sendUnaryData<FetchDataResponse>) => {
      if (refuses(call.metadata)) return callback(unauthenticated)
      runner.fetches.push(call.request)
      runner.metadata.push(call.metadata)
      call.on('cancelled', () => (runner.cancelled += 1))
      if (runner.deaf) return
      if (!knowsAll && !runner.held.has(call.request.hash))
        return callback(typed(status.FAILED_PRECONDITION, Reason.REASON_UNKNOWN_VERSION, 'not held'))
      const reply = await runner.reply(call)
      if (reply === 'silence') return
      if ('code' in reply) callback(reply)
      else callback(null, reply as FetchDataResponse)
    },
    init: () => {},
    delete: () => {},
    backgroundTask: () => {},
    receive: () => {},
    test: () => {},
  })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(options.address ?? '127.0.0.1:0', credentialsOf(options), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  runner.address = options.address ?? `127.0.0.1:${port}`
  return runner
}

function credentialsOf({ tls }: ScriptedOptions): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure()
  const { key, cert, clients } = tls
  return ServerCredentials.createSsl(clients ?? null, [{ private_key: key, cert_chain: cert }], clients !== undefined)
}

export function found(result: unknown): FetchDataResponse {
  return {
    outcome: { $case: 'resultJson', value: Buffer.from(JSON.stringify(result)) },
    report: { logs: [{ level: 3, message: 'careful', atMs: 4 }], calls: [], droppedLogs: 0, wallMs: 5 },
  }
}

/** A status with a typed failure in its trailer, as every runner must answer. */
export function typed(
  code: number,
  reason: Failure['reason'],
  message: string,
  more: Partial<Failure> = {},
): Partial<StatusObject> {
  const failure: Failure = { reason, message, line: 0, column: 0, retryAfterMs: 0, ...more }
  const value = Buffer.from(Failure.encode(failure).finish())
  const details = [{ typeUrl: 'type.googleapis.com/runner.v1.Failure', value }]
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode({ code, message, details }).finish()))
  return { code, details: message, metadata }
}

function describe(language: string, instanceId: string): DescribeResponse {
  return {
    language,
    languageVersion: '1',
    runnerVersion: '1',
    capabilities: ['fetchData'],
    sandboxLevel: 'none',
    sandboxLayers: [],
    held: [],
    instanceId,
  }
}
