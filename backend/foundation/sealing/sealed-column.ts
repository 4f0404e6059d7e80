/** One sealed text, where it is kept and what it is bound to. `id` is the column's own name for the row. */
export type SealedText = { id: string; sealed: string; context: string }

/**
 * A place where a module keeps sealed texts. Each module that seals hands one over for each of its columns, so that
 * all of them get a new key together. The key's id is `split_part(sealed, '.', 2)` in SQL.
 */
export type SealedColumn = {
  /** For people: "sources.secrets". */
  readonly name: string
  /** How many texts there are under each key. */
  countByKey(): Promise<ReadonlyMap<string, number>>
  /** Those under other keys than this one, in the order of their ids, after `after`; null: from the first on. */
  readOthers(keyId: string, after: string | null, limit: number): Promise<SealedText[]>
  /** Puts another sealed text in place of this one. False when it was changed or deleted meanwhile. */
  replace(text: SealedText, sealed: string): Promise<boolean>
}
