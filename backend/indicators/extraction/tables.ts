const LONGEST_LINE = 600
/** Lines of a block in which the head of its table is looked for: a title may stand above it. */
const HEAD_WITHIN = 5
/** A few words; a field of JSON is none. */
const HEAD = /^[\s"'*_`]*([\p{L}\d][\p{L}\d _./()#-]{0,40}?)[\s"'*_`]*$/u
const SEPARATORS = ['\t', '|', ';', ',']

type Block = { until: number; head: string[]; separator: string }

/**
 * The heads of the columns of the table that a place stands in. A table ends with an empty line; one is looked at once, from left to
 * right, and look-backs within a row are bounded, so that all calls together are linear.
 */
export class Tables {
  readonly #text: string
  readonly #gap: string
  #block: Block = { until: 0, head: [], separator: '' }

  constructor(text: string) {
    this.#text = text
    this.#gap = text.includes('\n\r\n') ? '\n\r\n' : '\n\n'
  }

  /** The head of this place's column, without quotes and marks around it; empty when it is in no table. */
  headOf(place: number): string {
    if (place >= this.#block.until) this.#block = this.#read(place)
    const { head, separator } = this.#block
    if (head.length === 0) return ''
    const slice = this.#text.slice(Math.max(0, place - LONGEST_LINE), place)
    const index = slice.slice(slice.lastIndexOf('\n') + 1).split(separator).length - 1
    return HEAD.exec(head[index] ?? '')?.[1] ?? ''
  }

  #read(place: number): Block {
    const text = this.#text
    const passed = this.#block.until
    const start = passed + text.slice(passed, place).lastIndexOf(this.#gap) + 1
    const end = text.indexOf(this.#gap, place)
    const until = end < 0 ? text.length : end
    const first = text.slice(start, Math.min(until, start + HEAD_WITHIN * LONGEST_LINE))
    const lines = first.replace(/^[\r\n]+/, '').split(/\r?\n/)
    // A Zeek log names its columns in a line of their own, behind a word.
    const fields = lines.find((line) => line.startsWith('#fields\t'))
    if (fields !== undefined) return { until, head: fields.split('\t').slice(1), separator: '\t' }
    for (const line of lines.slice(0, HEAD_WITHIN)) {
      const separator = SEPARATORS.find((mark) => line.split(mark).length > 2)
      if (separator !== undefined) return { until, head: line.split(separator), separator }
    }
    return { until, head: [], separator: '' }
  }
}
