import type { CallFailure, CallFailureReason } from '../../runner-pool/index.ts'
import type { Reason } from '../../sources/index.ts'

type Fix = (slug: string) => { label: string; href: string }

const toCode: Fix = (slug) => ({ label: "Open the source's code", href: `/sources/${slug}#code` })
const toSecrets: Fix = (slug) => ({ label: 'Check the key', href: `/sources/${slug}#secrets` })
const toConfig: Fix = (slug) => ({ label: 'Check the configuration', href: `/sources/${slug}#config` })
const toLimits: Fix = (slug) => ({ label: 'See the limits', href: `/sources/${slug}#limits` })
const toHosts: Fix = (slug) => ({ label: 'See the allowed hosts', href: `/sources/${slug}#hosts` })
const toRunners: Fix = () => ({ label: 'See the runners', href: '/runners' })

const fixes: Partial<Record<CallFailureReason, Fix>> = {
  syntax: toCode,
  'missing-hook': toCode,
  exception: toCode,
  'bad-result': toCode,
  memory: toCode,
  quarantined: toCode,
  'output-too-large': toCode,
  requirements: toCode,
  unauthorized: toSecrets,
  misconfigured: toConfig,
  'rate-limited': toLimits,
  'egress-denied': toHosts,
  overloaded: toRunners,
  crashed: toRunners,
  'runner-unavailable': toRunners,
}

/** A failed call as a row's reason: the code, the message, in the author's code its line, and where to mend it. */
export function failureReason(failure: CallFailure, slug: string): Reason {
  const fix = fixes[failure.reason]?.(slug)
  // A place in the code helps its author; that a provider is away is not the code's doing.
  const place = failure.line ? ` (line ${failure.line}${failure.column ? `, column ${failure.column}` : ''})` : ''
  const where = fixes[failure.reason] === toCode ? place : ''
  return { code: failure.reason, detail: `${failure.message}${where}`, ...(fix ? { fix } : {}) }
}
