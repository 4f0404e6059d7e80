import { Server, ServerCredentials } from '@grpc/grpc-js'
import { HealthService } from '@indag/proto/grpc/health/v1/health.ts'
import { ServerReflectionService } from '@indag/proto/grpc/reflection/v1/reflection.ts'
import { RunnerServiceService } from '@indag/proto/runner/v1/runner.ts'
import { makeHealth } from './health.ts'
import { makeReflection } from './reflection.ts'
import { makeService } from './service.ts'
import type { Service } from './parts.ts'

/** Largest request: code of all sources in one Init, or a batch of messages. */
const REQUEST_BYTES = 32 * 1024 * 1024

/** So long a runner that drains still takes calls of those who have not heard of it yet. */
const HEAR_MS = 100
/** In which calls that were cut end, and their callers are told. */
const LAST_WORDS_MS = 5_000

export type OpenServer = {
  /** As it listens: the port is the real one. */
  address: string
  /**
   * NOT_SERVING, and a moment in which callers hear of it; then no new calls, and running ones finish. After `withinMs`, or by `cut`, they
   * are ended with a word. Resolves when all are over.
   */
  drain(withinMs: number): Promise<void>
  cut(): void
}

/** Listens with the runner service, health and reflection. Rejects when the address cannot be had. */
export async function openServer(listen: string, service: Service): Promise<OpenServer> {
  const server = new Server({
    'grpc.max_receive_message_length': REQUEST_BYTES,
    'grpc.max_send_message_length': REQUEST_BYTES,
    // Its counts and traces are served to nobody, and every call would pay for them.
    'grpc.enable_channelz': 0,
  })
  const health = makeHealth()
  server.addService(RunnerServiceService, makeService(service))
  server.addService(HealthService, health.service)
  server.addService(ServerReflectionService, makeReflection())
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (cause, bound) =>
      cause ? reject(cause) : resolve(bound),
    )
  })
  const { running } = service.engine
  let force: NodeJS.Timeout | undefined
  const cut = () => {
    running.cut()
    force ??= setTimeout(() => server.forceShutdown(), LAST_WORDS_MS)
  }
  return {
    address: listen.startsWith('unix:') ? listen : `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    drain: async (withinMs) => {
      const limit = setTimeout(cut, withinMs)
      health.drain()
      if (running.size > 0) await new Promise((resolve) => setTimeout(resolve, HEAR_MS))
      await new Promise<unknown>((resolve) => server.tryShutdown(resolve))
      clearTimeout(limit)
      clearTimeout(force)
    },
    cut,
  }
}
