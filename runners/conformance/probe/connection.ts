import { Metadata, credentials } from '@grpc/grpc-js'
import type { CallOptions, ClientReadableStream, ClientUnaryCall, ServiceError } from '@grpc/grpc-js'
import { HealthClient } from '@indag/proto/grpc/health/v1/health.ts'
import { ServerReflectionClient } from '@indag/proto/grpc/reflection/v1/reflection.ts'
import { RunnerServiceClient, RunnerServiceService } from '@indag/proto/runner/v1/runner.ts'
import { readRefusal } from './answers.ts'
import type { Answer } from './answers.ts'

export type Endpoint = {
  /** `host:port` or `unix:/path`. */
  address: string
  token?: string | undefined
  /** PEM of the authority that signed the runner's certificate; without it the connection is plain. */
  authority?: Buffer | undefined
  /** PEM of ours, for a runner that wants to know who calls; with `authority` only. */
  identity?: { cert: Buffer; key: Buffer } | undefined
}
/** `token`: null sends none, a text sends that one in place of the right one. */
export type CallSettings = {
  token?: string | null
  metadata?: Record<string, string>
  signal?: AbortSignal
  deadlineMs?: number
}

type Methods = typeof RunnerServiceService
export type UnaryMethod = {
  [K in keyof Methods]: Methods[K]['responseStream'] extends false ? K : never
}[keyof Methods]
export type StreamMethod = Exclude<keyof Methods, UnaryMethod>
export type RequestOf<K extends keyof Methods> = Parameters<Methods[K]['requestSerialize']>[0]
export type ResponseOf<K extends keyof Methods> = ReturnType<Methods[K]['responseDeserialize']>

const LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024

/** The way to the runner under test. */
export class Connection {
  readonly client: RunnerServiceClient
  readonly health: HealthClient
  readonly reflection: ServerReflectionClient
  readonly endpoint: Endpoint
  readonly #patienceMs: number

  /** `patienceMs`: how long any one call may take before the runner counts as silent. */
  constructor(endpoint: Endpoint, patienceMs: number) {
    this.endpoint = endpoint
    this.#patienceMs = patienceMs
    const { address, authority, identity } = endpoint
    const secure = authority
      ? credentials.createSsl(authority, identity?.key ?? null, identity?.cert ?? null)
      : credentials.createInsecure()
    const options = {
      'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
      'grpc.max_send_message_length': LARGEST_MESSAGE_BYTES,
    }
    this.client = new RunnerServiceClient(address, secure, options)
    this.health = new HealthClient(address, secure, options)
    this.reflection = new ServerReflectionClient(address, secure, options)
  }

  /** One unary RPC. `extra` is put behind the encoded request, as a newer caller's unknown fields would be. */
  unary<K extends UnaryMethod>(
    method: K,
    request: RequestOf<K>,
    settings: CallSettings = {},
    extra: Buffer = Buffer.alloc(0),
  ): Promise<Answer<ResponseOf<K>>> {
    const { path, requestSerialize, responseDeserialize } = RunnerServiceService[method]
    return new Promise((resolve) => {
      const call: ClientUnaryCall = this.client.makeUnaryRequest(
        path,
        (value: RequestOf<K>) => Buffer.concat([(requestSerialize as (value: RequestOf<K>) => Buffer)(value), extra]),
        responseDeserialize as (bytes: Buffer) => ResponseOf<K>,
        request,
        this.metadata(settings),
        this.#options(settings),
        (error, value) => resolve(error ? readRefusal(error) : { ok: true, value: value as ResponseOf<K> }),
      )
      onAbort(settings.signal, () => call.cancel())
    })
  }

  /** One streaming RPC, as grpc-js gives it. */
  stream<K extends StreamMethod>(
    method: K,
    request: RequestOf<K>,
    settings: CallSettings = {},
  ): ClientReadableStream<ResponseOf<K>> {
    const { path, requestSerialize, responseDeserialize } = RunnerServiceService[method]
    return this.client.makeServerStreamRequest(
      path,
      requestSerialize as (value: RequestOf<K>) => Buffer,
      responseDeserialize as (bytes: Buffer) => ResponseOf<K>,
      request,
      this.metadata(settings),
      this.#options(settings),
    )
  }

  metadata({ token, metadata = {} }: CallSettings): Metadata {
    const made = new Metadata()
    const shown = token === undefined ? this.endpoint.token : token
    if (typeof shown === 'string') made.set('authorization', `Bearer ${shown}`)
    for (const [name, value] of Object.entries(metadata)) made.set(name, value)
    return made
  }

  close(): void {
    this.client.close()
    this.health.close()
    this.reflection.close()
  }

  #options({ deadlineMs = this.#patienceMs }: CallSettings): CallOptions {
    return { deadline: Date.now() + deadlineMs }
  }
}

export type Collected<E> = { events: E[]; end: Answer<undefined> }

/** All events of a stream, and how it ended. `onEvent` may cancel it. */
export function collect<E>(stream: ClientReadableStream<E>, onEvent?: (event: E) => void): Promise<Collected<E>> {
  return new Promise((resolve) => {
    const events: E[] = []
    stream.on('data', (event: E) => {
      events.push(event)
      onEvent?.(event)
    })
    stream.on('error', (error: ServiceError) => resolve({ events, end: readRefusal(error) }))
    stream.on('end', () => resolve({ events, end: { ok: true, value: undefined } }))
  })
}

function onAbort(signal: AbortSignal | undefined, act: () => void): void {
  if (signal?.aborted) act()
  else signal?.addEventListener('abort', act, { once: true })
}
