import type { Postgres, SealedColumn } from '../../foundation/index.ts'
import { countSecretsByKey, readSecretsOfOtherKeys, replaceSealed } from '../store/sealed-secrets.ts'
import { secretContext } from './open-secret.ts'

/** The secrets of sources, as what gives all sealed texts a new key sees them. */
export function secretsColumn(sql: Postgres): SealedColumn {
  return {
    name: 'sources.secrets',
    countByKey: () => countSecretsByKey(sql),
    async readOthers(keyId, after, limit) {
      const rows = await readSecretsOfOtherKeys(sql, keyId, after, limit)
      return rows.map(({ place, sealed, ...bound }) => ({
        id: place,
        sealed,
        context: secretContext(bound),
      }))
    },
    replace: (text, sealed) => replaceSealed(sql, text.id, text.sealed, sealed),
  }
}
