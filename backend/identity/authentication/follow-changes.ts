import type { Postgres } from '../../foundation/index.ts'
import type { Log } from '../identity-parts.ts'
import type { VerifiedCallers } from './verified-callers.ts'

/** Triggers of migration 0006 send it, whoever changes a right and however. */
const channel = 'identity_changed'

/**
 * Forgets verified callers when another process changes who may what: what was revoked there is refused here once the
 * notice is here, a few milliseconds later. While notices cannot come the callers' own bound of 5 s holds; after a
 * broken connection nobody is believed who was verified before.
 */
export function followChanges(sql: Postgres, callers: VerifiedCallers, log: Log): { close(): Promise<void> } {
  const forget = (): void => callers.forgetAll()
  const listening = sql.listen(channel, forget, forget)
  listening.catch((error: unknown) => {
    log.warn({ err: error }, 'identity: no notices from the database, revocations elsewhere are seen within 5 s')
  })
  let closed: Promise<void> | undefined
  return {
    close: () => (closed ??= listening.then(({ unlisten }) => unlisten()).catch(() => {})),
  }
}
