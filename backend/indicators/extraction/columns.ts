const LONGEST_LINE = 600
const SEPARATORS = ['\t', '|', ';', ',']

type Column = { separator: string; index: number; until: number }

/** Remembers, for one table at a time, the column whose head was noted. Every look-back is bounded. */
export class Columns {
  readonly #text: string
  #noted: Column | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** A word at this place heads its column, when it stands in a row of a table; the table ends with an empty line. */
  note(place: number): void {
    if (this.#noted !== undefined && place < this.#noted.until) return
    const line = this.#lineBefore(place)
    const rest = this.#text.slice(place, place + LONGEST_LINE).split('\n', 1)[0] ?? ''
    const separator = SEPARATORS.find((mark) => line.includes(mark) || rest.includes(mark))
    if (separator === undefined) return
    // The head of a Zeek log has a word before its first column.
    const index = line.split(separator).length - 1 - (line.startsWith('#fields\t') ? 1 : 0)
    const end = this.#text.indexOf('\n\n', place)
    this.#noted = { separator, index, until: end < 0 ? this.#text.length : end }
  }

  /** Whether this place stands in the noted column. */
  holds(place: number): boolean {
    if (this.#noted === undefined || place >= this.#noted.until) return false
    return (
      this.#lineBefore(place).split(this.#noted.separator).length - 1 === this.#noted.index && this.#noted.index > 0
    )
  }

  #lineBefore(place: number): string {
    const slice = this.#text.slice(Math.max(0, place - LONGEST_LINE), place)
    return slice.slice(slice.lastIndexOf('\n') + 1)
  }
}
