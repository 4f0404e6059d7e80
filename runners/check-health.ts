import { Metadata, credentials } from '@grpc/grpc-js'
import { HealthCheckResponse_ServingStatus as Serving, HealthClient } from '@indag/proto/grpc/health/v1/health.ts'

/** `node runners/check-health.ts host:port`: exit code 0 when the runner there serves, else 1 and why. For containers. */
const address = process.argv[2] ?? '127.0.0.1:50051'
const client = new HealthClient(address, credentials.createInsecure())
client.check({ service: '' }, new Metadata(), { deadline: Date.now() + 4_000 }, (error, answer) => {
  const serves = answer?.status === Serving.SERVING
  if (!serves) process.stderr.write(`The runner at ${address} does not serve: ${error?.message ?? 'it is ending'}\n`)
  process.exit(serves ? 0 : 1)
})
