/** Why something is not so, with the place where it is mended. */
export type Reason = { code: string; detail: string; fix?: { label: string; href: string } }

/**
 * `broken`: it does not open with the key that sealed it. `key-missing`: that key is not there. `moved`: the configuration names another host than when it was
 * entered; it is not sent there, so that who may set a URL cannot read a secret.
 */
export type SecretState = 'usable' | 'broken' | 'key-missing' | 'moved' | 'expired'
/** `keyId`: the key that is missing. */
export type SecretStanding = { state: SecretState; keyId?: string }

export type DatasetOrigin = { package: string; reader: string } | { list: true } | { history: true }

export type ReadinessFacts = {
  slug: string
  name: string
  secrets: readonly { name: string; required: boolean }[]
  /** Those that are set; see {@link SecretState}. */
  secretStates: ReadonlyMap<string, SecretStanding>
  /** The first thing wrong with the configuration values, or undefined. */
  configError: { field: string; message: string } | undefined
  /** Where its data comes from; null when it has none. */
  origin: DatasetOrigin | null
  datasetLoaded: boolean
}

/** What keeps a source from answering, or null. The first reason wins: secrets, configuration, dataset. */
export function whyNotReady(facts: ReadinessFacts): Reason | null {
  const page = `/sources/${facts.slug}`
  for (const secret of facts.secrets) {
    const standing = facts.secretStates.get(secret.name)
    const detail = describeSecret(facts.name, secret, standing)
    if (detail === null) continue
    return {
      code: standing?.state === 'expired' ? 'secret-expired' : 'secret-missing',
      detail,
      fix: { label: `Set ${secret.name}`, href: `${page}#secret-${secret.name}` },
    }
  }
  if (facts.configError) {
    const { field, message } = facts.configError
    return {
      code: 'misconfigured',
      detail: `The configuration of ${facts.name} is not valid: ${field} ${message}.`,
      fix: { label: `Set ${field}`, href: `${page}#config-${field}` },
    }
  }
  // Our own history is always there, empty or not.
  const loads = facts.origin !== null && !('history' in facts.origin)
  if (loads && !facts.datasetLoaded) {
    const byHand = 'list' in facts.origin!
    return {
      code: 'dataset-missing',
      detail: byHand ? `${facts.name} has no list yet.` : `The data of ${facts.name} is not loaded yet.`,
      fix: { label: byHand ? 'Load a list' : 'See its dataset', href: `${page}#dataset` },
    }
  }
  return null
}

/** What is wrong with a secret and what to do, or null. */
export function describeSecret(
  source: string,
  { name, required }: { name: string; required: boolean },
  standing: SecretStanding | undefined,
): string | null {
  switch (standing?.state) {
    case 'broken':
      return `The secret ${name} of ${source} cannot be opened with the server's keys. Enter it again.`
    case 'key-missing':
      return (
        `The secret ${name} of ${source} was sealed with the key "${standing.keyId}", which the server does not have. ` +
        'Put that key back into INDAG_SEALING_KEYS, or enter the secret again.'
      )
    case 'moved':
      return `The secret ${name} of ${source} was entered for another host. Enter it again.`
    case 'expired':
      return `The secret ${name} of ${source} has expired. Get another one from the provider and enter it.`
    case 'usable':
      return null
    default:
      return required ? `${source} needs the secret ${name}.` : null
  }
}
