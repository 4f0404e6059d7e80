import { Metadata, status, type ServiceError } from '@grpc/grpc-js'
import {
  HealthCheckResponse_ServingStatus as Serving,
  type HealthCheckResponse,
} from '@indag/proto/grpc/health/v1/health.ts'
import type { DescribeResponse } from '@indag/proto/runner/v1/runner.ts'
import type { Endpoint } from './endpoint.ts'
import { callMetadata } from './open-channel.ts'

export type ProbeAnswer =
  | { kind: 'answered'; draining: boolean; description: DescribeResponse }
  /** Connected or not, nothing came back in time. */
  | { kind: 'silent'; detail: string }
  | { kind: 'refused'; detail: string }

/** Asks a runner whether it serves and what it is. Never throws. */
export async function probeEndpoint(
  endpoint: Endpoint,
  token: string | undefined,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  try {
    const [health, description] = await Promise.all([
      askHealth(endpoint, timeoutMs),
      describe(endpoint, token, timeoutMs),
    ])
    if (description.language !== endpoint.language) {
      return { kind: 'refused', detail: `It runs ${description.language}, but is configured for ${endpoint.language}.` }
    }
    return { kind: 'answered', draining: health === Serving.NOT_SERVING, description }
  } catch (error) {
    return explain(error as ServiceError, timeoutMs)
  }
}

function askHealth(endpoint: Endpoint, timeoutMs: number): Promise<HealthCheckResponse['status']> {
  return new Promise((resolve, reject) => {
    // Waiting for the connection makes a runner that has just started known at once.
    const metadata = new Metadata({ waitForReady: true })
    const deadline = Date.now() + timeoutMs
    endpoint.channel.health.check({ service: '' }, metadata, { deadline }, (error, answer) => {
      if (!error) resolve(answer.status)
      else if (error.code === status.UNIMPLEMENTED) resolve(Serving.SERVING)
      else reject(error)
    })
  })
}

function describe(endpoint: Endpoint, token: string | undefined, timeoutMs: number): Promise<DescribeResponse> {
  return new Promise((resolve, reject) => {
    const metadata = callMetadata(token, undefined)
    metadata.setOptions({ waitForReady: true })
    const deadline = Date.now() + timeoutMs
    endpoint.channel.runner.describe({}, metadata, { deadline }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    )
  })
}

function explain(error: ServiceError, timeoutMs: number): ProbeAnswer {
  switch (error.code) {
    case status.DEADLINE_EXCEEDED:
      return { kind: 'silent', detail: `It did not answer within ${timeoutMs} ms.` }
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return { kind: 'refused', detail: 'It refuses our token: give backend and runner the same INDAG_RUNNER_TOKEN.' }
    case status.UNIMPLEMENTED:
      return { kind: 'refused', detail: 'It is no runner: it does not serve runner.v1.RunnerService.' }
    default:
      return { kind: 'refused', detail: `It cannot be reached: ${error.details}` }
  }
}
