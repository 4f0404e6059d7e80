import type { Candidates } from './candidates.ts'
import type { EditedText } from './edited-text.ts'
import type { Tables } from './tables.ts'

/** What every reader of the scanner is given. */
export type Scan = {
  readonly text: string
  readonly edited: EditedText
  readonly candidates: Candidates
  /** Where the last taken candidate ended: no look-back may cross it. */
  frontier: number
  /** Where the last version number ended: a row of them has its label only once. */
  lastVersionEnd: number
  readonly tables: Tables
}

/** A reader looks at one place and answers where to go on, or NOTHING when its thing does not stand there. */
export const NOTHING = -1
