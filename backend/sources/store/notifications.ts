import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { SecretCare } from '../notifications/judge-secrets.ts'

export type NotificationRow = {
  id: string
  care: SecretCare
  organizationId: string
  sourceId: string
  secretName: string
  createdAt: Date
}

/** Whether this transaction is the one that opens and ends notifications now, of all processes. */
export async function tryToNotify(tx: Transaction): Promise<boolean> {
  const [row] = await tx<{ locked: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended('sources.notifications', 0)) as locked`
  return row?.locked ?? false
}

export async function readOpenNotifications(sql: Queryable): Promise<NotificationRow[]> {
  return sql<NotificationRow[]>`
    select id, kind as care, organization_id as "organizationId", source_id as "sourceId", secret_name as "secretName",
      created_at as "createdAt"
    from sources.notifications where ended_at is null`
}

/** Those that a user has not dismissed, newest first. `organizationIds`: null for all. */
export async function readNotificationsFor(
  sql: Queryable,
  userId: string,
  organizationIds: string[] | null,
): Promise<NotificationRow[]> {
  return sql<NotificationRow[]>`
    select id, kind as care, organization_id as "organizationId", source_id as "sourceId", secret_name as "secretName",
      created_at as "createdAt"
    from sources.notifications notification
    where ended_at is null
      and (${organizationIds}::uuid[] is null or organization_id = any (${organizationIds}::uuid[]))
      and not exists (
        select from sources.notification_dismissals where notification_id = notification.id and user_id = ${userId})
    order by created_at desc, id desc limit 500`
}

export async function openNotification(tx: Transaction, row: NotificationRow): Promise<void> {
  await tx`
    insert into sources.notifications (id, kind, organization_id, source_id, secret_name, created_at)
    values (${row.id}, ${row.care}, ${row.organizationId}, ${row.sourceId}, ${row.secretName}, ${row.createdAt})`
}

export async function endNotifications(tx: Transaction, ids: readonly string[], at: Date): Promise<void> {
  await tx`update sources.notifications set ended_at = ${at} where id = any (${ids as string[]}::uuid[])`
}

/** False when the user had dismissed it already. */
export async function saveDismissal(tx: Transaction, id: string, userId: string, at: Date): Promise<boolean> {
  const { count } = await tx`
    insert into sources.notification_dismissals (notification_id, user_id, dismissed_at)
    values (${id}, ${userId}, ${at}) on conflict do nothing`
  return count > 0
}
