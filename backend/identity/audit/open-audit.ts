import type { Clock, Postgres, RecordChange } from '../../foundation/index.ts'
import type { Metrics } from '../../observability/index.ts'
import type { Log } from '../identity-parts.ts'
import type { Anchor } from './chain/entry-hash.ts'
import { chainWalk, type Verification } from './chain/verify-chain.ts'
import { type Denials, keepDenials } from './denials/keep-denials.ts'
import { recordInto } from './recording/record-change.ts'
import type { Restorers } from './restoring/restore-deleted.ts'
import { walkChain } from './store.ts'

export type Audit = {
  /** The hole of every module's changes. */
  record: RecordChange
  denials: Denials
  /** Goes through the whole chain. With anchors: whether it is still the chain of which they were kept. */
  verify(anchors?: readonly Anchor[]): Promise<Verification>
  /** What other modules can bring back, by the action that deleted it. */
  addRestorers(restorers: Restorers): void
  restorers: Restorers
  close(): Promise<void>
}

/** A chain of a million entries takes some seconds to verify. */
const verifyEveryMs = 6 * 3_600_000

export function openAudit({
  sql,
  clock,
  log,
  metrics,
}: {
  sql: Postgres
  clock: Clock
  log: Log
  metrics?: Metrics | undefined
}): Audit {
  const denials = keepDenials({ sql, clock, log })
  const restorers: Restorers = {}
  let last: Verification | undefined
  /** Everything that this process saw: a chain that goes back behind it was cut, even if head and hashes agree. */
  let seen: Anchor | undefined

  async function verify(anchors: readonly Anchor[] = []): Promise<Verification> {
    const walk = chainWalk(seen ? [...anchors, seen] : anchors)
    const head = await walkChain(sql, walk.step)
    last = walk.end(head)
    if (last.ok) seen = last.head
    else log.warn({ sequence: last.sequence, reason: last.reason }, `audit: the chain is broken: ${last.detail}`)
    return last
  }

  const timer = setInterval(() => {
    verify().catch((error: unknown) => log.warn({ err: error }, 'audit: the chain could not be verified'))
  }, verifyEveryMs)
  timer.unref()
  metrics?.gauge(
    'indag_audit_chain_intact',
    '1: the audit log was intact when verified last, 0: broken, -1: not yet verified',
    () => (last === undefined ? -1 : Number(last.ok)),
  )
  metrics?.gauge('indag_audit_entries_verified', 'Entries of the audit log when it was verified last', () =>
    last?.ok ? last.count : 0,
  )
  return {
    record: recordInto(clock),
    denials,
    verify,
    addRestorers: (more) => void Object.assign(restorers, more),
    restorers,
    async close() {
      clearInterval(timer)
      await denials.close()
    },
  }
}
