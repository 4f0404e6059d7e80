import type { Queryable, Transaction } from '../../foundation/index.ts'

export type SetupLink = { id: string; expiresAt: Date; usedAt: Date | null }
export type NewSetupLink = { id: string; secretSha256: Buffer; createdAt: Date; expiresAt: Date }

export async function insertSetupLink(sql: Queryable, link: NewSetupLink): Promise<void> {
  await sql`
    insert into identity.setup_links (id, secret_sha256, created_at, expires_at)
    values (${link.id}, ${link.secretSha256}, ${link.createdAt}, ${link.expiresAt})`
}

export async function findSetupLink(tx: Transaction, secretSha256: Buffer): Promise<SetupLink | undefined> {
  const [link] = await tx<SetupLink[]>`
    select id, expires_at as "expiresAt", used_at as "usedAt"
    from identity.setup_links where secret_sha256 = ${secretSha256}`
  return link
}

export async function markSetupLinkUsed(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx`update identity.setup_links set used_at = ${at} where id = ${id}`
}
