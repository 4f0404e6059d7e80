import { Metadata, Server, ServerCredentials, credentials } from '@grpc/grpc-js'
import type { ServerUnaryCall, ServerWritableStream, ServiceError, sendUnaryData } from '@grpc/grpc-js'
import { HealthCheckResponse_ServingStatus as Serving, HealthService } from '@indag/proto/grpc/health/v1/health.ts'
import { RunnerServiceClient, RunnerServiceService } from '@indag/proto/runner/v1/runner.ts'
import type { RequestOf, ResponseOf, StreamMethod, UnaryMethod } from '../../../runners/conformance/probe/connection.ts'

type UnaryBend<K extends UnaryMethod> = {
  request?(request: RequestOf<K>): RequestOf<K>
  answer?(answer: ResponseOf<K>, request: RequestOf<K>): ResponseOf<K>
  /** Gives another error, or an answer in its place. */
  refusal?(error: ServiceError): Partial<ServiceError> | ResponseOf<K>
  ignoresCancellation?: boolean
  silent?: boolean
}
type StreamBend<K extends StreamMethod> = {
  request?(request: RequestOf<K>, upstream: RunnerServiceClient): RequestOf<K>
  /** What is sent for an event. */
  events?(event: ResponseOf<K>): ResponseOf<K>[]
  /** Nothing is sent before the end. */
  holdsBack?: boolean
  /** Reads on when nobody reads. */
  buffers?: boolean
}
/** What one bad runner does differently from the good one behind it. */
export type Bend = { [K in UnaryMethod]?: UnaryBend<K> } & { [K in StreamMethod]?: StreamBend<K> } & {
  /** Shown to the good runner whatever the caller shows. */
  token?: string
  health?: (service: string) => { status: number }
  largestRequestBytes?: number
  /** It speaks TLS, and wants a certificate of `clients` from its callers. */
  tls?: { key: string; cert: string; clients: Buffer }
}
export type BentRunner = { address: string; stop(): void }

const LARGE_BYTES = 64 * 1024 * 1024
const DETAILS = 'grpc-status-details-bin'

/** A real gRPC server that passes everything on to a good runner, bent in one way. */
export async function bentRunner(good: string, bend: Bend): Promise<BentRunner> {
  const options = { 'grpc.max_receive_message_length': LARGE_BYTES, 'grpc.max_send_message_length': LARGE_BYTES }
  const upstream = new RunnerServiceClient(good, credentials.createInsecure(), options)
  const open = new Set<{ cancel(): void }>()
  const server = new Server({ ...options, 'grpc.max_receive_message_length': bend.largestRequestBytes ?? LARGE_BYTES })
  const metadataOf = (given: Metadata): Metadata => {
    const passed = new Metadata()
    const shown = bend.token === undefined ? given.get('authorization')[0] : `Bearer ${bend.token}`
    if (shown !== undefined) passed.set('authorization', shown)
    return passed
  }

  const unary = <K extends UnaryMethod>(method: K) => {
    const bent = (bend[method] ?? {}) as UnaryBend<K>
    const { path, requestSerialize, responseDeserialize } = RunnerServiceService[method]
    return (call: ServerUnaryCall<RequestOf<K>, ResponseOf<K>>, reply: sendUnaryData<ResponseOf<K>>) => {
      if (bent.silent) return
      const request = bent.request?.(call.request) ?? call.request
      const passed = upstream.makeUnaryRequest(
        path,
        requestSerialize as (value: RequestOf<K>) => Buffer,
        responseDeserialize as (bytes: Buffer) => ResponseOf<K>,
        request,
        metadataOf(call.metadata),
        (error, answer) => {
          open.delete(passed)
          if (!error) return reply(null, bent.answer?.(answer as ResponseOf<K>, request) ?? (answer as ResponseOf<K>))
          const refusal = bent.refusal?.(error) ?? error
          if ('code' in refusal) reply(asError(refusal as Partial<ServiceError>))
          else reply(null, refusal as ResponseOf<K>)
        },
      )
      open.add(passed)
      if (!bent.ignoresCancellation) call.on('cancelled', () => passed.cancel())
    }
  }

  const stream = <K extends StreamMethod>(method: K) => {
    const bent = (bend[method] ?? {}) as StreamBend<K>
    const { path, requestSerialize, responseDeserialize } = RunnerServiceService[method]
    return (call: ServerWritableStream<RequestOf<K>, ResponseOf<K>>) => {
      const passed = upstream.makeServerStreamRequest(
        path,
        requestSerialize as (value: RequestOf<K>) => Buffer,
        responseDeserialize as (bytes: Buffer) => ResponseOf<K>,
        bent.request?.(call.request, upstream) ?? call.request,
        metadataOf(call.metadata),
      )
      open.add(passed)
      call.on('cancelled', () => passed.cancel())
      const held: ResponseOf<K>[] = []
      passed.on('data', (event: ResponseOf<K>) => {
        for (const each of bent.events?.(event) ?? [event]) {
          if (bent.holdsBack) held.push(each)
          else if (!call.write(each) && !bent.buffers) {
            passed.pause()
            call.once('drain', () => passed.resume())
          }
        }
      })
      passed.on('error', (error: ServiceError) => call.emit('error', asError(error)))
      passed.on('end', () => {
        for (const each of held) call.write(each)
        call.end()
      })
    }
  }

  server.addService(RunnerServiceService, {
    init: unary('init'),
    update: unary('update'),
    delete: unary('delete'),
    fetchData: unary('fetchData'),
    receive: unary('receive'),
    describe: unary('describe'),
    backgroundTask: stream('backgroundTask'),
    test: stream('test'),
  })
  server.addService(HealthService, {
    check: (call: ServerUnaryCall<{ service: string }, unknown>, reply: sendUnaryData<unknown>) =>
      reply(null, bend.health?.(call.request.service) ?? { status: Serving.SERVING }),
    watch: () => {},
  })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentialsOf(bend.tls), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  )
  return {
    address: `127.0.0.1:${port}`,
    stop: () => {
      for (const each of open) each.cancel()
      upstream.close()
      server.forceShutdown()
    },
  }
}

function credentialsOf(tls: Bend['tls']): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure()
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }
  return ServerCredentials.createSsl(tls.clients, [pair], true)
}

/** Only what a runner says: the rest of the headers belongs to the connection. */
function asError({ code = 2, details = '', metadata }: Partial<ServiceError>): Partial<ServiceError> {
  const kept = new Metadata()
  for (const each of metadata?.get(DETAILS) ?? []) kept.add(DETAILS, each)
  return { code, details, metadata: kept }
}
