import type { CallReport, OutgoingCall } from '../runner-pool/index.ts'
import type { Reason } from '../sources/index.ts'
import type { Result } from './results/result.ts'

/** What one source version said to one call. Never changes. Times are milliseconds since 1970. */
export type Answer = {
  id: string
  state: 'found' | 'not-found' | 'failed'
  result: Result | null
  reason: Reason | null
  codeVersion: number
  runner: string | null
  calls: OutgoingCall[]
  logs: CallReport['logs']
  startedAtMs: number
  finishedAtMs: number
}
