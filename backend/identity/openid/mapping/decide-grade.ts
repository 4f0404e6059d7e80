import type { Grade, MappingRule, ProviderSettings } from '../provider.ts'
import { type Claims, listOf, readClaim } from './read-claim.ts'

export type GradeDecision =
  /** `rule`: its place, from 0; null: none fitted, and the fallback decides. */
  | { kind: 'graded'; grade: Grade; rule: number | null }
  | { kind: 'missing-claim'; claims: string[] }
  | { kind: 'no-rule-fits' }

/** The role that these claims bring. Without a fallback a rule whose claim was not sent at all is told apart. Pure. */
export function decideGrade(
  { rules, fallback }: Pick<ProviderSettings, 'rules' | 'fallback'>,
  claims: Claims,
): GradeDecision {
  const rule = rules.findIndex((each) => fits(each, claims))
  if (rules[rule]) {
    const { role, organizationId } = rules[rule]
    return { kind: 'graded', grade: { role, organizationId }, rule }
  }
  if (fallback) return { kind: 'graded', grade: fallback, rule: null }
  const missing = [...new Set(rules.map(({ claim }) => claim))].filter(
    (claim) => readClaim(claims, claim) === undefined,
  )
  return missing.length > 0 ? { kind: 'missing-claim', claims: missing } : { kind: 'no-rule-fits' }
}

function fits({ claim, operator, values }: MappingRule, claims: Claims): boolean {
  const value = readClaim(claims, claim)
  if (operator === 'equals' && Array.isArray(value)) return false
  return listOf(value).some((each) => values.includes(each))
}
