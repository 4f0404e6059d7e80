import type { OnLoaded } from './datasets/index.ts'

/** What is loaded for one source. */
export type DatasetState = { records: number; version: number; updatedAt: Date }

/** The hole that datasets fill: `backend/app` joins them. Keys are slugs of sources. */
export type DatasetsHole = {
  /** The active dataset of each source that has one. Asked again with each reading of the snapshot. */
  states(): Promise<ReadonlyMap<string, DatasetState>>
  /** Replaces a source's list. @throws AppError invalid-input naming the line. */
  loadList(
    slug: string,
    text: string,
    onLoaded?: OnLoaded,
  ): Promise<{ records: number; rejected: { line: number; text: string; reason: string }[] }>
}
