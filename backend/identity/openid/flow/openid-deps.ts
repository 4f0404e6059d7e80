import type { Clock, KeyRing, Postgres, RecordChange } from '../../../foundation/index.ts'
import type { Issuers } from '../issuer/issuers.ts'

export type OpenIdDeps = {
  sql: Postgres
  clock: Clock
  keyRing: KeyRing
  record: RecordChange
  issuers: Issuers
  publicUrl: string
}
