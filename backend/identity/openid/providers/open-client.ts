import { type KeyRing, SealBroken } from '../../../foundation/index.ts'
import { refuse } from '../problem.ts'
import { type Client, type Provider, secretContext } from '../provider.ts'

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
