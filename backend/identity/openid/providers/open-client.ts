import { type KeyRing, type Postgres, SealBroken } from '../../../foundation/index.ts'
import { refuse } from '../problem.ts'
import { type Client, type Provider, secretContext } from '../provider.ts'
import { listProviders, resealProvider } from '../store/providers.ts'

/** The provider with its secret in the clear, for one conversation. Fails with openid-issuer when it does not open. */
export function openClient(keyRing: KeyRing, provider: Provider): Client {
  const { id, issuer, name, clientSecretSealed } = provider
  if (clientSecretSealed === null) return { settings: provider, clientSecret: null }
  try {
    return { settings: provider, clientSecret: keyRing.open(clientSecretSealed, secretContext(id, issuer)) }
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause
    return refuse('openid-issuer', `The client secret of ${name} cannot be opened with the key ring of Indag.`, {
      fix: 'An administrator enters it again on the page OpenID, or puts the key back.',
      cause,
    })
  }
}

/** Seals with the newest key what an older one sealed, so that the older one can be taken off the ring. */
export async function resealProviders({ sql, keyRing }: { sql: Postgres; keyRing: KeyRing }): Promise<void> {
  for (const provider of await listProviders(sql)) {
    const { id, issuer, clientSecretSealed } = provider
    if (clientSecretSealed === null || !keyRing.isStale(clientSecretSealed)) continue
    const context = secretContext(id, issuer)
    let plain: string
    try {
      plain = keyRing.open(clientSecretSealed, context)
    } catch {
      // Its key is gone: the tester and the sign-in say so.
      continue
    }
    await resealProvider(sql, id, clientSecretSealed, keyRing.seal(plain, context))
  }
}
