import type { Postgres } from '../../foundation/index.ts'
import type { DatasetStatus } from './dataset.ts'
import { findMatches, type Matches, type MatchQuery } from './find-matches.ts'
import { loadList, type OnLoaded } from './load-list.ts'
import { loadPackaged, type Log, type PackagedReport } from './load-packaged.ts'
import type { RejectedLine } from './parse-list.ts'
import { currentStates, datasetStatus, type DatasetState, sweepRetiredRows } from './store.ts'

export type { DatasetStatus, KeyType } from './dataset.ts'
export type { LookupKeys, Match, Matches, MatchQuery } from './find-matches.ts'
export type { PackagedReport } from './load-packaged.ts'
export type { OnLoaded } from './load-list.ts'
export type { RejectedLine } from './parse-list.ts'
export type { DatasetState } from './store.ts'

export type Datasets = {
  /** Loads the datasets of npm packages that are new or changed; about 5 s at the first start, some milliseconds later. */
  loadPackaged(): Promise<PackagedReport[]>
  /** Replaces an own list. @throws AppError invalid-input naming the lines; then the list before stays. */
  loadList(slug: string, text: string, onLoaded?: OnLoaded): Promise<{ records: number; rejected: RejectedLine[] }>
  /** Rows of all asked datasets, most specific first, in the order of the queries: one SQL query for one indicator. */
  matches(queries: MatchQuery[]): Promise<Matches[]>
  status(dataset: string): Promise<DatasetStatus>
  /** The current version of every dataset that has one, by slug. */
  states(): Promise<ReadonlyMap<string, DatasetState>>
  /** Deletes the rows of retired versions in batches. Gives the number of rows. */
  sweep(): Promise<number>
}

/** Rows in one delete: some 50 ms, so that no lock is held for long. */
const sweepBatchRows = 20_000

/** Opens the versioned look-up tables of sources. `catalogDir` is the folder `catalog/`. */
export function openDatasets({ sql, catalogDir, log }: { sql: Postgres; catalogDir: string; log: Log }): Datasets {
  return {
    loadPackaged: () => loadPackaged(sql, catalogDir, log),
    matches: (queries) => findMatches(sql, queries),
    loadList: (slug, text, onLoaded) => loadList(sql, catalogDir, slug, text, onLoaded),
    states: () => currentStates(sql),
    status: (dataset) => datasetStatus(sql, dataset),
    async sweep() {
      let total = 0
      for (
        let step = await sweepRetiredRows(sql, sweepBatchRows);
        step.more;
        step = await sweepRetiredRows(sql, sweepBatchRows)
      ) {
        total += step.deleted
      }
      return total
    },
  }
}
