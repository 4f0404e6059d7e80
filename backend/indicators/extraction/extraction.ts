import type { IndicatorKind } from '../kinds.ts'
import type { RefusalCode } from '../recognition/recognition.ts'

/** Offsets count UTF-16 units of the text as given (JavaScript string indices); `end` is exclusive; `text` is that slice. */
export type IndicatorSpan = { start: number; end: number; text: string }

/** One canonical value with every place where it stands; `count` is the number of spans. */
export type ExtractedIndicator = { kind: IndicatorKind; value: string; count: number; spans: IndicatorSpan[] }

/** What looked like an indicator and was not taken. */
export type RejectedCandidate = IndicatorSpan & { kind?: IndicatorKind; code: RefusalCode; reason: string }

/** Both lists are in the order of first appearance. */
export type Extraction = {
  indicators: ExtractedIndicator[]
  rejected: RejectedCandidate[]
  /** True when `maxIndicators` cut the list: later, new values were left out. */
  truncated: boolean
}

export type TextFormat = 'auto' | 'text' | 'html' | 'email' | 'json' | 'csv'

export type ExtractionOptions = {
  /** Only these kinds. User agents are found only when named here. */
  kinds?: readonly IndicatorKind[]
  /** Distinct values to return at most; no limit when left out. */
  maxIndicators?: number
  format?: TextFormat
  /** Adds the host of each URL and e-mail address as an indicator of its own. */
  hosts?: boolean
}
