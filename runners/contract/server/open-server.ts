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

export type OpenServer = {
  /** As it listens: the port is the real one. */
  address: string
  /** NOT_SERVING, no new calls, running ones finish; after `withinMs` they are cut. */
  drain(withinMs: number): Promise<void>
}

/** Listens with the runner service, health and reflection. Rejects when the address cannot be had. */
export async function openServer(listen: string, service: Service): Promise<OpenServer> {
  const server = new Server({
    'grpc.max_receive_message_length': REQUEST_BYTES,
    'grpc.max_send_message_length': REQUEST_BYTES,
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
  return {
    address: listen.startsWith('unix:') ? listen : `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    drain: (withinMs) => {
      health.drain()
      return new Promise((resolve) => {
        const cut = setTimeout(() => server.forceShutdown(), withinMs)
        server.tryShutdown(() => {
          clearTimeout(cut)
          resolve()
        })
      })
    },
  }
}
