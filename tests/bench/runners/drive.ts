import type { Metadata } from '@grpc/grpc-js'
import { CallContext } from '@indag/proto/runner/v1/runner.ts'
import type { FetchDataRequest, RunnerServiceClient } from '@indag/proto/runner/v1/runner.ts'
import { cpuTimeUs } from './cpu-time.ts'

/** CPU time of one call in microseconds: the one thing that a busy machine does not change much. */
export type CpuUs = { client: number; server: number; children: number }
export type Driven = { latenciesMs: number[]; callsPerSecond: number; cpuUs: CpuUs }
type Served = { pid: number; client: RunnerServiceClient; metadata: Metadata }

const DEADLINE_MS = 10_000

/** One call of one version, the same for all that are measured. */
export function requestOf(hash: string, configJson: Buffer): FetchDataRequest {
  const context = CallContext.fromPartial({ configJson, trustDomain: 'bench' })
  return { hash, indicator: { kind: 'ipv4', value: '1.1.1.1' }, context }
}

/** So many calls by so many callers, each with its next when the last was answered; `next` gives what to ask. Rejects with the first failure. */
export async function drive(
  served: Served,
  next: () => FetchDataRequest,
  calls: number,
  concurrency: number,
): Promise<Driven> {
  const latenciesMs: number[] = []
  let left = calls
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const startedAt = performance.now()
      served.client.fetchData(next(), served.metadata, { deadline: Date.now() + DEADLINE_MS }, (error) => {
        latenciesMs.push(performance.now() - startedAt)
        if (error) reject(error)
        else resolve()
      })
    })
  const lane = async () => {
    while (left-- > 0) await one()
  }
  const before = cpuTimeUs(served.pid)
  const mine = process.cpuUsage()
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: concurrency }, lane))
  const callsPerSecond = calls / ((performance.now() - startedAt) / 1_000)
  const { user, system } = process.cpuUsage(mine)
  const after = cpuTimeUs(served.pid)
  const cpuUs = { client: user + system, server: after.own - before.own, children: after.below - before.below }
  for (const who of ['client', 'server', 'children'] as const) cpuUs[who] /= calls
  return { latenciesMs, callsPerSecond, cpuUs }
}
