import { fail } from '../../foundation/index.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { requireToActFor } from '../administration/require-to-act-for.ts'
import { insertToken, type CreateTokenResult, type TokenWish } from '../api-tokens/create-token.ts'
import { revokeApiTokenOfUser } from '../store/api-tokens.ts'
import { requireUser } from '../users/change-user.ts'

/** A token of a service account, by somebody who may do all that it will do. */
export async function createAccountToken(
  deps: AdministrationDeps,
  by: By,
  accountId: string,
  wish: TokenWish,
): Promise<CreateTokenResult> {
  return changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, caller, now, record } = changing
    const account = await requireUser(changing, 'service-account', accountId)
    if (account.disabledAt) fail('conflict', 'The service account is disabled. Enable it first.')
    await requireToActFor(tx, caller, accountId, wish.scopes)
    const result = await insertToken(tx, caller, accountId, wish, now)
    if (result.kind !== 'created') return result
    const { id, name, scopes, expiresAt } = result.stored
    await record({
      action: 'api-token.create',
      resource: { type: 'api-token', id, name },
      organizationId: account.organizationId,
      after: { owner: accountId, scopes, expiresAt: expiresAt?.toISOString() ?? null },
    })
    return result
  })
}

export async function revokeAccountToken(
  deps: AdministrationDeps,
  by: By,
  accountId: string,
  tokenId: string,
): Promise<void> {
  await changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, now, record } = changing
    const account = await requireUser(changing, 'service-account', accountId)
    const revoked = await revokeApiTokenOfUser(tx, tokenId, accountId, now)
    if (!revoked) fail('not-found', `The service account has no API token ${tokenId}.`)
    await record({
      action: 'api-token.revoke',
      resource: { type: 'api-token', id: tokenId, name: revoked.name },
      organizationId: account.organizationId,
    })
  })
}
