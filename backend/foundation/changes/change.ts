import type { Transaction } from '../postgres/open-postgres.ts'

/**
 * Who changes something: a user by session or token, or the product itself (`system`: set-up, an unattended start).
 * `nobody` only tries.
 */
export type Actor = {
  userId: string | null
  name: string
  /** null where nobody is signed in. */
  kind: 'person' | 'service-account' | null
  via: 'session' | 'token' | 'link' | 'system' | 'nobody'
  /** The session or the token; null where there is none. */
  credentialId: string | null
  /** The name of the token. */
  credentialName: string | null
  address: string
  userAgent: string
}

/** One change of one thing. `before` and `after` hold no secret; only one of them at a creation and a deletion. */
export type Change = {
  /** `<resource>.<verb>`, such as `user.disable`. */
  action: string
  resource: { type: string; id: string; name: string }
  /** Where it happened; null for what belongs to the installation. */
  organizationId: string | null
  before?: Readonly<Record<string, unknown>>
  after?: Readonly<Record<string, unknown>>
}

/** The hole for the audit: called within the transaction of the change, so that neither stands without the other. */
export type RecordChange = (tx: Transaction, actor: Actor, change: Change) => Promise<void>

/** While nobody listens. */
export const recordNothing: RecordChange = () => Promise.resolve()

/** What is done when nobody is signed in. */
export const systemActor: Actor = {
  userId: null,
  name: 'Indag',
  kind: null,
  via: 'system',
  credentialId: null,
  credentialName: null,
  address: '',
  userAgent: '',
}
