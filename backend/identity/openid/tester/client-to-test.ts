import { fail, type KeyRing, type Queryable } from '../../../foundation/index.ts'
import { asAppError, OpenIdRefusal } from '../problem.ts'
import type { Client, ProviderSettings } from '../provider.ts'
import { openClient } from '../providers/open-client.ts'
import { refuseToSendElsewhere } from '../providers/save-provider.ts'
import { findProvider } from '../store/providers.ts'

/** Settings as they stand in a form. `clientSecret`: undefined means the saved one. */
export type Unsaved = Omit<ProviderSettings, 'slug'> & { clientSecret?: string | null | undefined }

/**
 * What is to be tested: a provider as it is saved, or settings that are not. Fails with not-found when there is neither,
 * and with invalid-input when a saved secret would go to another issuer.
 */
export async function clientToTest(
  { sql, keyRing }: { sql: Queryable; keyRing: KeyRing },
  slug: string,
  unsaved: Unsaved | undefined,
): Promise<Client> {
  const saved = await findProvider(sql, slug)
  if (!unsaved && !saved) fail('not-found', `There is no OpenID provider ${slug}.`)
  if (!unsaved) return open(keyRing, saved!)
  const { clientSecret, ...rest } = unsaved
  const settings = { ...rest, slug }
  if (clientSecret !== undefined || !saved || saved.clientSecretSealed === null) {
    return { settings, clientSecret: clientSecret ?? null }
  }
  if (saved.issuer !== settings.issuer) refuseToSendElsewhere()
  return { settings, clientSecret: open(keyRing, saved).clientSecret }
}

function open(keyRing: KeyRing, provider: Parameters<typeof openClient>[1]): Client {
  try {
    return openClient(keyRing, provider)
  } catch (error) {
    if (error instanceof OpenIdRefusal) throw asAppError(error.problem)
    throw error
  }
}
