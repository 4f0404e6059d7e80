import type { Picture } from '../snapshot/picture.ts'
import type { NotificationRow } from '../store/notifications.ts'
import { findingKey, type SecretCare, type SecretFinding } from './judge-secrets.ts'

export type Notification = {
  id: string
  kind: SecretCare
  source: { slug: string; name: string }
  secret: string
  organizationId: string
  createdAt: string
  expiresAt: string | null
  detail: string
  fix: { label: string; href: string }
}

/** Notifications as they are shown: with what is wrong now and the field that mends it. One that is mended is left out. Pure. */
export function listNotifications(
  rows: readonly NotificationRow[],
  findings: readonly SecretFinding[],
  { variants }: Pick<Picture, 'variants'>,
): Notification[] {
  const known = new Map(findings.map((finding) => [findingKey(finding), finding]))
  return rows.flatMap((row) => {
    const finding = known.get(findingKey(row))
    if (!finding) return []
    const { organizationId, slug, secretName, sourceName, detail } = finding
    const secret = variants.of(organizationId).byId.get(row.sourceId)?.secrets.get(secretName)
    return [
      {
        id: row.id,
        kind: row.care,
        source: { slug, name: sourceName },
        secret: secretName,
        organizationId,
        createdAt: row.createdAt.toISOString(),
        expiresAt: secret?.row.expiresAt?.toISOString() ?? null,
        detail,
        fix: { label: `Set ${secretName}`, href: `/sources/${slug}?at=${organizationId}#secret-${secretName}` },
      },
    ]
  })
}
