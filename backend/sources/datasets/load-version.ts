import { newId, type Postgres } from '../../foundation/index.ts'
import type { DatasetRow, KeyType } from './dataset.ts'
import { beginVersion, copyRows, currentOrigins, failVersion, lockDataset, switchVersion } from './store.ts'

export type Load = { dataset: string; keyType: KeyType; origin: string; rows: Iterable<DatasetRow>; unlessCurrent?: boolean }

/**
 * Loads a new version and switches to it in one transaction: readers see the old one or the new one, whole.
 * A load that fails leaves the current version as it is and its error in the version's record.
 * With `unlessCurrent` nothing is done when another process has switched to the same origin meanwhile.
 */
export async function loadVersion(sql: Postgres, load: Load): Promise<{ rowCount: number } | 'already-current'> {
  const version = { id: newId(), dataset: load.dataset, keyType: load.keyType, origin: load.origin }
  await beginVersion(sql, version)
  try {
    return await sql.begin(async (tx) => {
      await lockDataset(tx, load.dataset, version.id)
      if (load.unlessCurrent && (await currentOrigins(tx)).get(load.dataset) === load.origin) {
        await failVersion(tx, version.id, 'Another process loaded the same version')
        return 'already-current'
      }
      const rowCount = await copyRows(tx, version.id, load.rows)
      await switchVersion(tx, version, rowCount)
      return { rowCount }
    })
  } catch (error) {
    await failVersion(sql, version.id, error instanceof Error ? error.message : String(error)).catch(() => {})
    throw error
  }
}
