import type { Limits } from '@indag/proto/runner/v1/runner.ts'
import type { CallLimits } from './executor.ts'

/** Filled in where a call says 0. */
export const DEFAULT_LIMITS: CallLimits = {
  wallMs: 10_000,
  cpuMs: 5_000,
  memoryBytes: 64 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  logLines: 100,
  outgoingCalls: 20,
  concurrentCalls: 64,
  responseBytes: 4 * 1024 * 1024,
}

/** A call that asks for more gets this. */
export const MAXIMUM_LIMITS: CallLimits = {
  wallMs: 10 * 60_000,
  cpuMs: 5 * 60_000,
  memoryBytes: 512 * 1024 * 1024,
  outputBytes: 8 * 1024 * 1024,
  logLines: 1_000,
  outgoingCalls: 10_000,
  concurrentCalls: 256,
  responseBytes: 16 * 1024 * 1024,
}

const NAMES = Object.keys(DEFAULT_LIMITS) as (keyof CallLimits)[]

/** Defaults for what is 0 or absent, maxima for what is too much. */
export function settleLimits(asked: Limits | undefined): CallLimits {
  if (!asked) return DEFAULT_LIMITS
  const settled = { ...DEFAULT_LIMITS }
  for (const name of NAMES) if (asked[name] > 0) settled[name] = Math.min(asked[name], MAXIMUM_LIMITS[name])
  return settled
}
