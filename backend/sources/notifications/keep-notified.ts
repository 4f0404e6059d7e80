import { newId, type Clock, type Postgres } from '../../foundation/index.ts'
import type { SnapshotKeeper } from '../snapshot/keep-snapshot.ts'
import type { SourcesOptions } from '../sources.ts'
import { readLastCalls } from '../store/last-calls.ts'
import { endNotifications, openNotification, readOpenNotifications, tryToNotify } from '../store/notifications.ts'
import { readRevision } from '../store/revision.ts'
import { findingKey, judgeSecrets, type SecretFinding } from './judge-secrets.ts'

export type Notifier = {
  /** What was found at the last look of this process. */
  findings(): readonly SecretFinding[]
  /** Looks now, at the present picture. */
  look(): Promise<void>
  close(): Promise<void>
}

type Parts = { sql: Postgres; clock: Clock; log: SourcesOptions['log']; keeper: SnapshotKeeper }

/** Besides after each change: time passes too. */
const lookEveryMs = 60_000

/**
 * Opens a notification when something becomes wrong with a secret, and ends it when it is so no more. Every process
 * looks; one at a time writes, and only what it sees in the newest picture.
 */
export function keepNotified({ sql, clock, log, keeper }: Parts): Notifier {
  let findings: readonly SecretFinding[] = []
  let working: Promise<void> | undefined
  let again = false
  let closed = false

  async function lookOnce(): Promise<void> {
    const picture = keeper.current()
    const asked = new Set((await readLastCalls(sql)).keys())
    findings = judgeSecrets(picture.variants.all(), asked, picture.tree, clock.now())
    await sql.begin(async (tx) => {
      // Another process writes, or knows of a later change: it sees at least what we see.
      if (!(await tryToNotify(tx)) || (await readRevision(tx)) !== picture.revision) return
      const now = new Date(clock.now())
      const open = new Map((await readOpenNotifications(tx)).map((row) => [findingKey(row), row]))
      for (const finding of findings) {
        if (open.delete(findingKey(finding))) continue
        await openNotification(tx, { ...finding, id: newId(), createdAt: now })
        const { care, slug, secretName, organizationId } = finding
        log.warn({ care, source: slug, secret: secretName, organization: organizationId }, finding.detail)
      }
      const ended = [...open.values()]
      if (ended.length > 0) await endNotifications(tx, idsOf(ended), now)
    })
  }

  async function lookUntilQuiet(): Promise<void> {
    do {
      again = false
      await lookOnce().catch((error: unknown) => log.debug({ err: error }, 'sources: secrets were not looked after'))
    } while (again && !closed)
    working = undefined
  }

  function look(): Promise<void> {
    again = true
    working ??= lookUntilQuiet()
    return working
  }

  void look()
  const stopListening = keeper.onChange(() => void look())
  const timer = setInterval(() => void look(), lookEveryMs)
  timer.unref()
  return {
    findings: () => findings,
    look,
    async close() {
      closed = true
      stopListening()
      clearInterval(timer)
      await working
    },
  }
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)
