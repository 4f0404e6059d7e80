import type { HookCall } from '../../../runners/contract/executor.ts'
import { DEFAULT_LIMITS } from '../../../runners/contract/limits.ts'

const EMPTY = Buffer.alloc(0)

/** A call of a version that has no code: for children whose words the test says itself. */
export function hookCall(limits: Partial<HookCall['limits']> = {}): HookCall {
  return {
    version: { hash: 'h', language: 'javascript', code: '', requirements: [], sourceId: 's' },
    hook: 'fetchData',
    sourceId: 's',
    trustDomain: 'd',
    configJson: EMPTY,
    matchesJson: EMPTY,
    secrets: {},
    limits: { ...DEFAULT_LIMITS, ...limits },
    deadlineMs: Date.now() + 60_000,
  }
}
