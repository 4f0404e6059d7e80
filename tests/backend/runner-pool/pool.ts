import { createHash } from 'node:crypto'
import { openMetrics } from '../../../backend/observability/index.ts'
import {
  openRunnerPool,
  type CallContext,
  type CallRequest,
  type RunnerPool,
  type RunnerPoolOptions,
  type SourceVersion,
} from '../../../backend/runner-pool/index.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A pool on these runners that has looked at each of them once. */
export async function poolOn(addresses: string[], more: Partial<RunnerPoolOptions> = {}): Promise<RunnerPool> {
  const pool = openRunnerPool({
    endpoints: addresses.map((address) => ({ language: 'javascript', address })),
    codeOf: () => Promise.resolve(undefined),
    log: silent,
    metrics: openMetrics(),
    clock: { now: () => Date.now() },
    probeEveryMs: 300,
    probeTimeoutMs: 250,
    ...more,
  })
  await pool.ready(10_000)
  return pool
}

export const context: CallContext = {
  sourceId: 'source-1',
  configJson: Buffer.from('{}'),
  secrets: {},
  credentials: [],
  matchesJson: Buffer.from('[]'),
  hosts: [],
  trustDomain: 'source-1',
}

export function ask(more: Partial<CallRequest> = {}): CallRequest {
  return {
    language: 'javascript',
    hash: 'a'.repeat(64),
    indicator: { kind: 'ipv4', value: '192.0.2.1' },
    context,
    deadlineMs: Date.now() + 5_000,
    retrySafe: true,
    ...more,
  }
}

export function version(code: string, language = 'javascript', requirements: string[] = []): SourceVersion {
  const hash = createHash('sha256')
    .update(`${language}\n${requirements.join(',')}\n${code}`)
    .digest('hex')
  return { hash, language, code, requirements, sourceId: 'source-1' }
}

/** Resolves when the condition holds; the runner of the test ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
