import { Server, ServerCredentials } from '@grpc/grpc-js'
import { RunnerServiceService } from '@indag/proto/runner/v1/runner.ts'
import type { RunnerServiceServer } from '@indag/proto/runner/v1/runner.ts'

// The floor: the same message types and the same transport, and nothing done. A process of its own, like a runner.
const fetchData: RunnerServiceServer['fetchData'] = (call, reply) => {
  reply(null, {
    outcome: { $case: 'resultJson', value: call.request.context?.configJson ?? Buffer.alloc(0) },
    report: { logs: [], calls: [], droppedLogs: 0, wallMs: 0 },
  })
}
const server = new Server()
server.addService(RunnerServiceService, { fetchData } as unknown as RunnerServiceServer)
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) => {
  process.stdout.write(`${JSON.stringify({ address: `127.0.0.1:${port}` })}\n`)
})
process.stdin.on('end', () => process.exit(0)).resume()
