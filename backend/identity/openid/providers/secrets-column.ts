import type { Postgres, SealedColumn } from '../../../foundation/index.ts'
import { secretContext } from '../provider.ts'
import { countSecretsByKey, readSecretsOfOtherKeys, replaceSecret } from '../store/sealed-secrets.ts'

/** The secrets of clients at OpenID providers, as what gives all sealed texts a new key sees them. */
export function clientSecretsColumn(sql: Postgres): SealedColumn {
  return {
    name: 'identity.openid_providers',
    countByKey: () => countSecretsByKey(sql),
    async readOthers(keyId, after, limit) {
      const rows = await readSecretsOfOtherKeys(sql, keyId, after, limit)
      return rows.map(({ id, issuer, sealed }) => ({ id, sealed, context: secretContext(id, issuer) }))
    },
    replace: (text, sealed) => replaceSecret(sql, text.id, text.sealed, sealed),
  }
}
