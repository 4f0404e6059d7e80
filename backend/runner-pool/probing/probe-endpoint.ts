import { Metadata, status, type ServiceError } from '@grpc/grpc-js'
import {
  HealthCheckResponse_ServingStatus as Serving,
  type HealthCheckResponse,
} from '@indag/proto/grpc/health/v1/health.ts'
import type { DescribeResponse } from '@indag/proto/runner/v1/runner.ts'
import { callMetadata, type Channel } from '../connection/open-channel.ts'
import { readTrouble, type Found } from './read-trouble.ts'

export type ProbeAnswer =
  | { kind: 'answered'; draining: boolean; description: DescribeResponse }
  | ({ kind: 'trouble' } & Found)

/** Asks what is at this address whether it serves and what it is. Never throws. */
export async function probeEndpoint(
  { channel, language }: { channel: Channel; language: string },
  token: string | undefined,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  try {
    const [health, description] = await Promise.all([
      askHealth(channel, timeoutMs),
      describe(channel, token, timeoutMs),
    ])
    if (description.language !== language) {
      const detail = `It runs ${description.language}, but is configured for ${language}: correct INDAG_RUNNERS.`
      return { kind: 'trouble', trouble: 'wrong-language', detail }
    }
    return { kind: 'answered', draining: health === Serving.NOT_SERVING, description }
  } catch (error) {
    return { kind: 'trouble', ...readTrouble(error as ServiceError, timeoutMs) }
  }
}

function askHealth({ health }: Channel, timeoutMs: number): Promise<HealthCheckResponse['status']> {
  return new Promise((resolve, reject) => {
    health.check({ service: '' }, new Metadata(), { deadline: Date.now() + timeoutMs }, (error, answer) => {
      if (!error) resolve(answer.status)
      // A runner need not serve health; whether it is a runner at all, Describe says.
      else if (error.code === status.UNIMPLEMENTED) resolve(Serving.SERVING)
      else reject(error)
    })
  })
}

function describe({ runner }: Channel, token: string | undefined, timeoutMs: number): Promise<DescribeResponse> {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + timeoutMs
    runner.describe({}, callMetadata(token, undefined), { deadline }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    )
  })
}
