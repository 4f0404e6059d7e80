import type { Pap, Tlp } from '../../sources/index.ts'

/** What a caller asks for, with everything it left out filled in. */
export type RequestOptions = {
  indicators: (string | { kind: string; value: string })[] | undefined
  text: string | undefined
  /** Slugs; undefined means every source. */
  sources: string[] | undefined
  tlp: Tlp
  pap: Pap
  fresh: boolean
  overQuota: 'wait' | 'skip'
}

/** Indicators in one request. Beyond it a request is hard to read and to resume: split it. */
export const maxIndicators = 1_000
/** Characters of a pasted text. */
export const maxTextLength = 1_000_000
