import type { Actor, Change } from '../../foundation/index.ts'

export type Outcome = 'done' | 'denied'

/** What one entry says. Stored as canonical JSON; a reader of an old one may find fields missing that came later. */
export type AuditEntry = {
  id: string
  /** RFC 3339 in UTC, with milliseconds. */
  at: string
  action: string
  outcome: Outcome
  actor: {
    id: string | null
    name: string
    kind: Actor['kind']
    via: Actor['via']
    /** The session or the token, and the token's name. */
    credentialId: string | null
    credentialName: string | null
    address: string
    userAgent: string
  }
  resource: Change['resource']
  organizationId: string | null
  /** Of a change only the fields that changed; of a creation and a deletion all that is kept. */
  before: Fields | null
  after: Fields | null
  requestId: string | null
  traceId: string | null
  /** Of denied attempts: why, and how many alike there were. */
  reason: string | null
  count: number
}

export type Fields = Record<string, unknown>

/** An entry with its place in the chain. */
export type ChainedEntry = AuditEntry & { sequence: number; hash: string }
