import { judgeAnswer } from '../admission/judge-answer.ts'
import type { Judgement } from '../admission/judge-person.ts'
import { personName } from '../admission/person-name.ts'
import { findUser } from '../../store/users.ts'
import type { FlowSecrets } from '../flow/begin-flow.ts'
import type { TrialReport } from '../flow/flow-report.ts'
import type { OpenIdDeps } from '../flow/openid-deps.ts'
import { type Answer, readAnswer } from '../flow/read-answer.ts'
import { OpenIdRefusal } from '../problem.ts'
import type { Client } from '../provider.ts'

/** What would happen if a person came so: the claims, the rule that fits, the role. Changes nothing. */
export async function reportTrial(
  deps: OpenIdDeps,
  client: Client,
  secrets: FlowSecrets,
  query: URLSearchParams,
): Promise<TrialReport> {
  try {
    const answer = await readAnswer(deps, client, secrets, query)
    return await reportOf(deps, answer, await judgeAnswer(deps.sql, client.settings, answer))
  } catch (error) {
    if (!(error instanceof OpenIdRefusal)) throw error
    const nothing = { claims: null, rule: null, grade: null, how: null, user: null }
    return { kind: 'trial', problem: error.problem, ...nothing }
  }
}

async function reportOf({ sql }: OpenIdDeps, { claims }: Answer, judgement: Judgement): Promise<TrialReport> {
  const { rule, grade } = judgement
  const shared = { kind: 'trial' as const, claims, rule, grade }
  if (judgement.kind === 'refused') return { ...shared, problem: judgement.problem, how: null, user: null }
  const { how } = judgement
  if (how === 'create') {
    const { email } = judgement
    return { ...shared, problem: null, how, user: { id: null, name: personName(claims, email), email } }
  }
  const user = (await findUser(sql, judgement.userId))!
  return { ...shared, problem: null, how, user: { id: user.id, name: user.name, email: user.email } }
}
