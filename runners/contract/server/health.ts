import { status } from '@grpc/grpc-js'
import type { ServerWritableStream } from '@grpc/grpc-js'
import { HealthCheckResponse_ServingStatus as Serving } from '@indag/proto/grpc/health/v1/health.ts'
import type { HealthCheckRequest, HealthCheckResponse, HealthServer } from '@indag/proto/grpc/health/v1/health.ts'

const SERVICES = ['', 'runner.v1.RunnerService']
type Watcher = ServerWritableStream<HealthCheckRequest, HealthCheckResponse>

/** grpc.health.v1: SERVING until `drain`, then NOT_SERVING; watchers hear of it. Needs no token. */
export function makeHealth(): { service: HealthServer; drain(): void } {
  let state: Serving = Serving.SERVING
  const watchers = new Set<Watcher>()
  return {
    service: {
      check: (call, reply) => {
        if (SERVICES.includes(call.request.service)) return reply(null, { status: state })
        reply({ code: status.NOT_FOUND, details: `There is no service "${call.request.service.slice(0, 80)}" here` })
      },
      watch: (call) => {
        if (!SERVICES.includes(call.request.service)) return void call.write({ status: Serving.SERVICE_UNKNOWN })
        watchers.add(call)
        call.on('cancelled', () => watchers.delete(call))
        call.write({ status: state })
      },
    },
    drain: () => {
      state = Serving.NOT_SERVING
      for (const watcher of watchers) {
        watcher.write({ status: state })
        watcher.end()
      }
      watchers.clear()
    },
  }
}
