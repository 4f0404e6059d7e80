import type { Claims } from '../mapping/read-claim.ts'
import type { OpenIdProblem } from '../problem.ts'
import type { Grade } from '../provider.ts'

/** What a trial has shown. Of a person: it is deleted when the flow ends, after ten minutes. */
export type TrialReport = {
  kind: 'trial'
  /** Why nobody would be signed in; null: they would be. */
  problem: OpenIdProblem | null
  /** As decoded, of the ID token and of the user info together; null when none came. */
  claims: Claims | null
  /** The place of the rule that fits, from 0; null: none. */
  rule: number | null
  grade: Grade | null
  /** How they would enter: known by their link, linked by e-mail, or as a new user. */
  how: 'linked' | 'link' | 'create' | null
  /** The user they would be. */
  user: { id: string | null; name: string; email: string | null } | null
}

export type FlowReport = { kind: 'problem'; problem: OpenIdProblem } | TrialReport
