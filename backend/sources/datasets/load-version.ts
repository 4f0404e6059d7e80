import { newId, type Postgres, type Transaction } from '../../foundation/index.ts'
import type { DatasetRow, KeyType } from './dataset.ts'
import { beginVersion, currentOrigins, failVersion, insertRows, lockDataset, switchVersion } from './store.ts'

export type Load = {
  dataset: string
  keyType: KeyType
  origin: string
  rows: Iterable<DatasetRow>
  unlessCurrent?: boolean
  /** Called within the transaction of the switch. */
  onSwitched?: (tx: Transaction, rowCount: number) => Promise<void>
}

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
      const rowCount = await writeRows(tx, version.id, load.rows)
      await switchVersion(tx, version, rowCount)
      await load.onSwitched?.(tx, rowCount)
      return { rowCount }
    })
  } catch (error) {
    await failVersion(sql, version.id, error instanceof Error ? error.message : String(error)).catch(() => {})
    throw error
  }
}

/** Rows in one insert: as fast as COPY, and an error of the server comes back as an error. */
const batchRows = 10_000

/** Gives the number of rows. While the server writes one batch, the next is read. */
async function writeRows(tx: Transaction, versionId: string, rows: Iterable<DatasetRow>): Promise<number> {
  let sent: Promise<void> = Promise.resolve()
  let rowCount = 0
  for (const { keys, values } of cutBatches(rows)) {
    await sent
    sent = insertRows(tx, versionId, keys, values)
    // It is awaited above or below; until then its failure is nobody's.
    sent.catch(() => {})
    rowCount += keys.length
  }
  await sent
  return rowCount
}

function* cutBatches(rows: Iterable<DatasetRow>): Generator<{ keys: string[]; values: string[] }> {
  let keys: string[] = []
  let values: string[] = []
  let last: { value: unknown; json: string } | undefined
  for (const { key, value } of rows) {
    // Neighbours often share one value object: see asn-by-address.
    if (!last || last.value !== value) last = { value, json: JSON.stringify(value) }
    keys.push(key)
    values.push(last.json)
    if (keys.length < batchRows) continue
    yield { keys, values }
    keys = []
    values = []
  }
  if (keys.length > 0) yield { keys, values }
}
