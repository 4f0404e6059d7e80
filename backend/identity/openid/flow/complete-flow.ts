import { type KeyRing, SealBroken } from '../../../foundation/index.ts'
import { secretSha256 } from '../../secret.ts'
import type { Client as Browser } from '../../sessions/start-session.ts'
import { admitPerson } from '../admission/admit-person.ts'
import { generalProblem, type OpenIdProblem, OpenIdRefusal, refuse } from '../problem.ts'
import { openClient } from '../providers/open-client.ts'
import { type Flow, keepReport, takeFlow } from '../store/flows.ts'
import { findProvider } from '../store/providers.ts'
import { reportTrial } from '../tester/report-trial.ts'
import { flowContext, type FlowSecrets } from './begin-flow.ts'
import type { OpenIdDeps } from './openid-deps.ts'
import { readAnswer } from './read-answer.ts'

export type FlowEnd =
  | { kind: 'entered'; secret: string; returnPath: string }
  | { kind: 'refused'; problem: OpenIdProblem }
  /** Nobody was signed in: it was a trial, and its report is kept. */
  | { kind: 'tried' }

export type Callback = { slug: string; query: URLSearchParams; browserSecret: string | undefined }

/** Ends what `beginFlow` began, once: the state must be of this browser, unused, and not older than ten minutes. */
export async function completeFlow(deps: OpenIdDeps, callback: Callback, browser: Browser): Promise<FlowEnd> {
  const flow = await take(deps, callback)
  const secrets = flow && openSecrets(deps.keyRing, flow)
  if (!flow || !secrets) return { kind: 'refused', problem: generalProblem('openid-expired') }
  if (secrets.trial) {
    await keepReport(deps.sql, flow.id, await reportTrial(deps, secrets.trial, secrets, callback.query))
    return { kind: 'tried' }
  }
  try {
    return { kind: 'entered', secret: await enter(deps, secrets, callback, browser), returnPath: flow.returnPath }
  } catch (error) {
    if (!(error instanceof OpenIdRefusal)) throw error
    await keepReport(deps.sql, flow.id, { kind: 'problem', problem: error.problem })
    return { kind: 'refused', problem: error.problem }
  }
}

async function take({ sql, clock }: OpenIdDeps, { slug, query, browserSecret }: Callback): Promise<Flow | undefined> {
  const state = query.get('state')
  if (state === null || browserSecret === undefined) return undefined
  const key = { slug, stateSha256: secretSha256(state), browserSha256: secretSha256(browserSecret) }
  return takeFlow(sql, key, new Date(clock.now()))
}

function openSecrets(keyRing: KeyRing, { id, sealed }: Flow): FlowSecrets | null {
  try {
    return JSON.parse(keyRing.open(sealed, flowContext(id))) as FlowSecrets | null
  } catch (error) {
    if (error instanceof SealBroken) return null
    throw error
  }
}

async function enter(
  deps: OpenIdDeps,
  secrets: FlowSecrets,
  { slug, query }: Callback,
  browser: Browser,
): Promise<string> {
  const provider = await findProvider(deps.sql, slug)
  if (!provider?.enabled) refuse('openid-no-access', 'This provider was switched off.')
  const answer = await readAnswer(deps, openClient(deps.keyRing, provider), secrets, query)
  return admitPerson(deps, provider, answer, browser)
}
