import type { PackageFiles } from './package-files.ts'

/** How a key is asked: as it is, as a network that contains the address, or as a parent of the domain. */
export type KeyType = 'exact' | 'cidr' | 'suffix'

/** `key` is canonical as `backend/indicators` writes it: "1.1.1.0/24", "example.com". `value` is any JSON. */
export type DatasetRow = { key: string; value: unknown }

/** Turns the files of npm packages into rows. Pure but for reading those files. */
export type Reader = {
  packages: string[]
  /** Counts up when the same files give other rows, so that installed data is loaded anew. */
  revision: number
  keyType: KeyType
  read(files: PackageFiles): Iterable<DatasetRow> | Promise<Iterable<DatasetRow>>
}

export type VersionState = 'loading' | 'current' | 'retired' | 'failed'

export type DatasetStatus = {
  dataset: string
  current: { id: string; rowCount: number; origin: string; switchedAt: Date } | null
  /** A load that failed after the current version was switched to; its rows were thrown away. */
  lastFailure: { origin: string; error: string; at: Date } | null
}
