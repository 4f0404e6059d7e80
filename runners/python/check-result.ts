import { isUtf8 } from 'node:buffer'
import type { Outcome } from '@indag/runner-contract'

/** Code has its worker in hand and can send anything in place of a result: what goes on is JSON, or a failure. */
export function checkResult(outcome: Outcome): Outcome {
  if (!outcome.ok || outcome.resultJson === null || isJson(outcome.resultJson)) return outcome
  return { ok: false, failure: { reason: 'bad-result', message: 'What the code returned is no JSON text' } }
}

function isJson(text: Buffer): boolean {
  if (!isUtf8(text)) return false
  try {
    JSON.parse(text.toString())
    return true
  } catch {
    return false
  }
}
