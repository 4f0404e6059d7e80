import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { FetchDataRequest, RunnerServiceServer } from '@indag/proto/runner/v1/runner.ts'
import { RunnerServiceService } from '@indag/proto/runner/v1/runner.ts'
import { handle } from './handler.ts'

// A floor, in a process of its own like a runner: `echo` moves the same messages and does nothing, `inline` runs the handler without any
// sandbox, `http` is the provider that plugins ask.
const kind = process.argv[2]
const say = (address: string) => process.stdout.write(`${JSON.stringify({ address })}\n`)

if (kind === 'http') {
  const body = JSON.stringify({ rows: 'x'.repeat(180) })
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  }).listen(0, '127.0.0.1', () => say(`127.0.0.1:${(server.address() as AddressInfo).port}`))
} else {
  const fetchData: RunnerServiceServer['fetchData'] = (call, reply) => {
    const value = kind === 'inline' ? runInline(call.request) : (call.request.context?.configJson ?? Buffer.alloc(0))
    reply(null, {
      outcome: { $case: 'resultJson', value },
      report: { logs: [], calls: [], droppedLogs: 0, wallMs: 0 },
    })
  }
  const server = new Server()
  server.addService(RunnerServiceService, { fetchData } as unknown as RunnerServiceServer)
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) => say(`127.0.0.1:${port}`))
}
process.stdin.on('end', () => process.exit(0)).resume()

function runInline({ indicator, context }: FetchDataRequest): Buffer {
  const config = JSON.parse(context?.configJson.toString() ?? '{}') as Parameters<typeof handle>[1]['config']
  return Buffer.from(JSON.stringify(handle({ value: indicator?.value ?? '' }, { config })))
}
