import { type Actor, fail, type Clock, type Postgres, type RecordChange } from '../../foundation/index.ts'
import { saveDismissal } from '../store/notifications.ts'
import type { Notification } from './list-notifications.ts'

type Parts = { sql: Postgres; clock: Clock; record: RecordChange }

/** Takes a notification away from one user's list; others keep it, and when it comes again so does this user. */
export async function dismissNotification(
  { sql, clock, record }: Parts,
  actor: Actor,
  userId: string,
  notification: Notification | undefined,
): Promise<void> {
  if (!notification) fail('not-found', 'There is no such notification. See GET /api/v1/notifications.')
  const { id, kind, source, secret, organizationId } = notification
  await sql.begin(async (tx) => {
    if (!(await saveDismissal(tx, id, userId, new Date(clock.now())))) return
    await record(tx, actor, {
      action: 'notification.dismiss',
      resource: { type: 'notification', id, name: `${source.slug}/${secret}` },
      organizationId,
      after: { kind, source: source.slug },
    })
  })
}
