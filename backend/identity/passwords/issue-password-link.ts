import { newId, type Transaction } from '../../foundation/index.ts'
import { newSecret, secretSha256 } from '../secret.ts'
import { replacePasswordLinks } from '../store/password-links.ts'
import type { UserRecord } from '../store/users.ts'

export const inviteLifeMs = 7 * 24 * 3_600_000
export const resetLifeMs = 24 * 3_600_000

/** `url` is shown this once; it is to be given to the user, over another way than this installation. */
export type IssuedLink = { url: string; purpose: 'invite' | 'reset'; expiresAt: Date }

/** The secret stands in the fragment, which browsers send to no server and no proxy logs. */
export async function issuePasswordLink(
  tx: Transaction,
  publicUrl: string,
  user: Pick<UserRecord, 'id' | 'hasPassword'>,
  now: Date,
): Promise<IssuedLink> {
  const secret = newSecret()
  const purpose = user.hasPassword ? 'reset' : 'invite'
  const expiresAt = new Date(now.getTime() + (user.hasPassword ? resetLifeMs : inviteLifeMs))
  const link = {
    id: newId(),
    userId: user.id,
    purpose,
    secretSha256: secretSha256(secret),
    createdAt: now,
    expiresAt,
  } as const
  await replacePasswordLinks(tx, link)
  return { url: new URL(`/set-password#token=${secret}`, publicUrl).href, purpose, expiresAt }
}
