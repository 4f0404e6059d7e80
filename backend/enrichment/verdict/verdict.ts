/** What the answers amount to. Silence is never benign: without a claim the level is `unknown`. */
export const VERDICT_LEVELS = ['malicious', 'suspicious', 'benign', 'unknown'] as const
export type VerdictLevel = (typeof VERDICT_LEVELS)[number]

/** What one source claims, with the provider's own words. `weight` is its share of the decision, 0 to 1. */
export type Claim = {
  source: string
  name: string
  level: Exclude<VerdictLevel, 'unknown'>
  says: string
  /** How bad it finds it, 0 to 100. */
  score: number
  weight: number
  /** RFC 3339; when the provider saw it, else when it was asked. */
  observedAt: string
  cached: boolean
}

export type Verdict = {
  level: VerdictLevel
  /** How bad, 0 to 100. */
  score: number
  /** How sure, 0 to 100: grows with the weight behind the level, shrinks with disagreement. */
  confidence: number
  /** Whether every source has ended. */
  final: boolean
  /** One line for the analyst. */
  summary: string
  agree: Claim[]
  disagree: Claim[]
  /** Sources that ended without a claim: no record, or facts only. */
  silent: number
  pending: number
  failed: number
  /** What it would take to change the level. */
  wouldChange: string
}
