import { hostOf } from '../lookup-keys.ts'
import { kinds } from '../kinds.ts'
import type { IndicatorKind } from '../kinds.ts'
import type { Refusal } from '../recognition/recognition.ts'
import type { EditedText } from './edited-text.ts'
import type {
  ExtractedIndicator,
  Extraction,
  ExtractionOptions,
  IndicatorSpan,
  RejectedCandidate,
} from './extraction.ts'

/** More rejects than this say nothing more to a reader. */
const MAX_REJECTED = 2000

/** Gathers what the scanner takes and rejects, merges equal values and maps places back to the original text. */
export class Candidates {
  readonly #original: string
  readonly #edited: EditedText
  readonly #wanted: ReadonlySet<IndicatorKind>
  readonly #maxIndicators: number
  readonly #withHosts: boolean
  readonly #found = new Map<IndicatorKind, Map<string, ExtractedIndicator>>()
  readonly #order: ExtractedIndicator[] = []
  readonly #rejected: RejectedCandidate[] = []
  #truncated = false

  constructor(original: string, edited: EditedText, options: ExtractionOptions) {
    this.#original = original
    this.#edited = edited
    this.#wanted = new Set(
      options.kinds ??
        Object.values(kinds)
          .filter((kind) => kind.extractable && !kind.onlyWhenChosen)
          .map((kind) => kind.slug),
    )
    this.#maxIndicators = options.maxIndicators ?? Number.POSITIVE_INFINITY
    this.#withHosts = options.hosts === true
  }

  /** Places are offsets in the edited text; `value` is canonical. */
  take(kind: IndicatorKind, value: string, start: number, end: number): void {
    if (this.#wanted.has(kind)) this.#add(kind, value, this.#span(start, end))
    if (!this.#withHosts || (kind !== 'url' && kind !== 'email')) return
    const host = hostOf({ kind, value })
    if (host !== null && this.#wanted.has(host.kind))
      this.#add(host.kind, host.value, this.#hostSpan(host.value, start, end))
  }

  reject(kind: IndicatorKind | undefined, refusal: Refusal, start: number, end: number): void {
    if (this.#rejected.length >= MAX_REJECTED || (kind !== undefined && !this.#wanted.has(kind))) return
    const { code, reason } = refusal
    this.#rejected.push({ ...this.#span(start, end), ...(kind === undefined ? {} : { kind }), code, reason })
  }

  wants(kind: IndicatorKind): boolean {
    return this.#wanted.has(kind)
  }

  finish(): Extraction {
    return { indicators: this.#order, rejected: this.#rejected, truncated: this.#truncated }
  }

  #add(kind: IndicatorKind, value: string, span: IndicatorSpan): void {
    const ofKind = this.#valuesOf(kind)
    const known = ofKind.get(value)
    if (known !== undefined) {
      known.count++
      known.spans.push(span)
    } else if (this.#order.length >= this.#maxIndicators) this.#truncated = true
    else {
      const indicator = { kind, value, count: 1, spans: [span] }
      ofKind.set(value, indicator)
      this.#order.push(indicator)
    }
  }

  #valuesOf(kind: IndicatorKind): Map<string, ExtractedIndicator> {
    const known = this.#found.get(kind)
    if (known !== undefined) return known
    const values = new Map<string, ExtractedIndicator>()
    this.#found.set(kind, values)
    return values
  }

  #span(start: number, end: number): IndicatorSpan {
    const from = this.#edited.originalStart(start)
    const to = this.#edited.originalEnd(end)
    return { start: from, end: to, text: this.#original.slice(from, to) }
  }

  #hostSpan(host: string, start: number, end: number): IndicatorSpan {
    const at = this.#edited.text.slice(start, end).toLowerCase().indexOf(host)
    return at < 0 ? this.#span(start, end) : this.#span(start + at, start + at + host.length)
  }
}
