import type { Postgres, Queryable, Transaction } from '../../foundation/index.ts'
import type { DatasetStatus, KeyType } from './dataset.ts'

export type NewVersion = { id: string; dataset: string; keyType: KeyType; origin: string }

/** Origins of the current versions, by dataset. */
export async function currentOrigins(sql: Queryable): Promise<Map<string, string>> {
  const rows = await sql<{ dataset: string; origin: string }[]>`
    select dataset, origin from sources.dataset_versions where state = 'current'`
  return new Map(rows.map((row) => [row.dataset, row.origin]))
}

/** What is loaded: `version` counts up with each switch. */
export type DatasetState = { records: number; version: number; updatedAt: Date }

export async function currentStates(sql: Queryable): Promise<Map<string, DatasetState>> {
  const rows = await sql<(DatasetState & { dataset: string })[]>`
    select dataset, row_count as records, number as version, switched_at as "updatedAt"
    from sources.dataset_versions where state = 'current'`
  return new Map(rows.map(({ dataset, ...state }) => [dataset, state]))
}

/** True until the first version of any dataset was switched to: nobody looks anything up yet. */
export async function isFresh(sql: Queryable): Promise<boolean> {
  const rows = await sql`select 1 from sources.dataset_versions where state = 'current' limit 1`
  return rows.length === 0
}

export async function dropKeyIndex(sql: Queryable): Promise<void> {
  await sql`drop index if exists sources.dataset_rows_by_key`
}

/** The index of migration 0004, when it is not there: after a first load, or after one that died. */
export async function ensureKeyIndex(sql: Postgres): Promise<void> {
  await sql.begin(async (tx) => {
    // Two processes that create one index at once would fail.
    await tx`select pg_advisory_xact_lock(hashtextextended('dataset-key-index', 0))`
    await tx`create index if not exists dataset_rows_by_key on sources.dataset_rows (version_id, key)`
  })
}

export async function beginVersion(sql: Queryable, version: NewVersion): Promise<void> {
  await sql`insert into sources.dataset_versions (id, dataset, state, key_type, origin)
    values (${version.id}, ${version.dataset}, 'loading', ${version.keyType}, ${version.origin})`
}

export async function failVersion(sql: Queryable, id: string, error: string): Promise<void> {
  await sql`update sources.dataset_versions set state = 'failed', error = ${error} where id = ${id}`
}

/** One loader of a dataset at a time; a loader that died left its version in `loading`: nothing else can, once the lock is ours. */
export async function lockDataset(tx: Transaction, dataset: string, id: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`dataset:${dataset}`}, 0))`
  await tx`update sources.dataset_versions set state = 'failed', error = 'The load was interrupted'
    where dataset = ${dataset} and state = 'loading' and id < ${id}`
}

/** `values` are JSON text, one for each key. A key holds no line end: no canonical value does. */
export async function insertRows(tx: Transaction, versionId: string, keys: string[], values: string[]): Promise<void> {
  if (keys.some((key) => key.includes('\n'))) throw new Error('A key of a dataset holds a line end')
  // Lines, not array parameters: the driver would quote each of a million texts. JSON text has no line end of its own.
  await tx`
    insert into sources.dataset_rows (version_id, key, value)
    select ${versionId}::uuid, key, value::json
    from unnest(string_to_array(${keys.join('\n')}, E'\n'), string_to_array(${values.join('\n')}, E'\n')) as row (key, value)`
}

/** The new version takes the place of the current one. */
export async function switchVersion(tx: Transaction, version: NewVersion, rowCount: number): Promise<void> {
  await tx`update sources.dataset_versions set state = 'retired'
    where dataset = ${version.dataset} and state = 'current'`
  await tx`update sources.dataset_versions set state = 'current', row_count = ${rowCount}, switched_at = now(),
    number = (select coalesce(max(number), 0) + 1 from sources.dataset_versions where dataset = ${version.dataset})
    where id = ${version.id}`
}

export type FoundRow = { dataset: string; keyType: KeyType; key: string; value: unknown }

/** The rows of these datasets' current versions under exactly these keys: one query, whatever their number. */
export async function findRows(
  sql: Queryable,
  datasets: string[],
  keys: Record<KeyType, string[]>,
): Promise<FoundRow[]> {
  // `offset 0` keeps the planner from joining by a scan of all rows: it must be index probes.
  return sql<FoundRow[]>`
    select version.dataset, version.key_type as "keyType", found.key, found.value
    from sources.dataset_versions version
    cross join lateral (
      select row.key, row.value from sources.dataset_rows row
      where row.version_id = version.id and row.key = any(
        case version.key_type when 'exact' then ${keys.exact}::text[] when 'cidr' then ${keys.cidr}::text[] else ${keys.suffix}::text[] end)
      offset 0
    ) as found
    where version.dataset = any(${datasets}) and version.state = 'current'`
}

export async function datasetStatus(sql: Queryable, dataset: string): Promise<DatasetStatus> {
  const versions = await sql<
    {
      id: string
      state: string
      rowCount: number
      origin: string
      error: string | null
      createdAt: Date
      switchedAt: Date | null
    }[]
  >`
    select id, state, row_count as "rowCount", origin, error, created_at as "createdAt", switched_at as "switchedAt"
    from sources.dataset_versions where dataset = ${dataset} and state in ('current', 'failed')
    order by state = 'current' desc, created_at desc limit 2`
  const current = versions.find((version) => version.state === 'current')
  const failed = versions.find((version) => version.state === 'failed')
  return {
    dataset,
    current: current?.switchedAt
      ? { id: current.id, rowCount: current.rowCount, origin: current.origin, switchedAt: current.switchedAt }
      : null,
    lastFailure:
      failed && (!current || failed.id > current.id)
        ? { origin: failed.origin, error: failed.error ?? '', at: failed.createdAt }
        : null,
  }
}

/** Deletes up to `limit` rows of one retired version. Says whether there is more to do; a reader in between keeps its snapshot. */
export async function sweepRetiredRows(sql: Postgres, limit: number): Promise<{ deleted: number; more: boolean }> {
  return sql.begin(async (tx) => {
    const [version] = await tx<{ id: string }[]>`
      select id from sources.dataset_versions where state = 'retired' and swept_at is null
      order by id limit 1 for update skip locked`
    if (!version) return { deleted: 0, more: false }
    const { count } = await tx`
      delete from sources.dataset_rows where ctid = any(array(
        select ctid from sources.dataset_rows where version_id = ${version.id} limit ${limit}))`
    if (count < limit) await tx`update sources.dataset_versions set swept_at = now() where id = ${version.id}`
    return { deleted: count, more: true }
  })
}
