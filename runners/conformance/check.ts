import { inspect } from 'node:util'
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
  /** Returns when the promise is kept, gives why it could not be looked at, throws `Broken` otherwise. */
  run(bench: Bench): Promise<void | { skipped: string }>
}

export type CheckResult = { id: string; promise: string; guide: GuideSection } & (
  | { outcome: 'passed' }
  | { outcome: 'failed'; expected: string; came: string }
  | { outcome: 'skipped' | 'not-claimed'; why: string }
)

/** A promise that was not kept. */
export class Broken extends Error {
  readonly expected: string
  readonly came: string

  constructor(expected: string, came: unknown) {
    super(expected)
    this.expected = expected
    this.came = show(came)
  }
}

export function demand(kept: boolean, expected: string, came: unknown): asserts kept {
  if (!kept) throw new Broken(expected, came)
}

/** Fails unless both have the same JSON. */
export function demandEqual(came: unknown, wanted: unknown, what: string): void {
  demand(JSON.stringify(came) === JSON.stringify(wanted), `${what} is ${show(wanted)}`, came)
}

const SHOWN_CHARACTERS = 400

export function show(value: unknown): string {
  const text =
    typeof value === 'string' ? value : inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 200 })
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}
