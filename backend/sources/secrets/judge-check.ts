import type { CallOutcome } from '../../runner-pool/index.ts'

/** What came of asking the provider with a secret. `says` is the provider's own word, as its source's code passes it on. */
export type CheckResult = { status: number | null; says: string; durationMs: number } & (
  | { outcome: 'accepted' }
  /** The provider does not take the secret. */
  | { outcome: 'refused' }
  /** The provider did not say: it was not reached, is ill, or asks to wait. */
  | { outcome: 'unclear' }
)

const longestSays = 500

/** Whether the provider takes the secret. `secret` is never repeated, should the provider do so. Pure. */
export function judgeCheck(outcome: CallOutcome, secret: string): CheckResult {
  const report = outcome.ok ? outcome.report : outcome.failure.report
  const status = report?.calls.findLast((call) => call.status > 0)?.status ?? null
  const facts = { status, durationMs: report?.wallMs ?? 0 }
  if (outcome.ok) return { outcome: 'accepted', ...facts, says: hide(saysOf(outcome.resultJson), secret) }
  const { reason, message } = outcome.failure
  const refused = reason === 'unauthorized' || status === 401 || status === 403
  return { outcome: refused ? 'refused' : 'unclear', ...facts, says: hide(message, secret) }
}

function saysOf(resultJson: Buffer | null): string {
  if (resultJson === null) return 'no record'
  const result: unknown = JSON.parse(resultJson.toString())
  if (typeof result !== 'object' || result === null) return ''
  const { says, summary } = result as { says?: unknown; summary?: unknown }
  return typeof says === 'string' ? says : typeof summary === 'string' ? summary : ''
}

function hide(text: string, secret: string): string {
  return text.replaceAll(secret, '…').slice(0, longestSays)
}
