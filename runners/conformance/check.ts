import type { Bench } from './probe/bench.ts'

/** The sections of docs/guides/write-a-runner.md that a check may point to. */
export type GuideSection =
  | 'Versions'
  | 'The context of a call'
  | 'Results'
  | 'Failures'
  | 'Limits'
  | 'Time, room and cancellation'
  | 'Egress'
  | 'Isolation'
  | 'Streams'
  | 'Describe, health and reflection'
  | 'Authentication'
  | 'Messages'

/** What a check cannot do without: a hook or RPC that the runner claims, the suite's site, the runner's token. */
export type Need = 'backgroundTask' | 'receive' | 'test' | 'site' | 'token'

/** One promise of the contract. `id` never changes its meaning. */
export type Check = {
  id: string
  /** What a good runner does, as a sentence. */
  promise: string
  guide: GuideSection
  needs?: Need[]
  /** Returns when the promise is kept, gives why it could not be looked at, throws `Broken` of demand.ts otherwise. */
  run(bench: Bench): Promise<void | { skipped: string }>
}

export type CheckResult = { id: string; promise: string; guide: GuideSection } & (
  | { outcome: 'passed' }
  | { outcome: 'failed'; expected: string; came: string }
  | { outcome: 'skipped' | 'not-claimed'; why: string }
)
