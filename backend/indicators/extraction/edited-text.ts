/** One replacement, in offsets of the text before it. `isFang`: it undoes a defanging, which is proof that an indicator was meant. */
export type Edit = { start: number; end: number; replacement: string; isFang: boolean }

/** An edit that undoes a defanging. */
export function fangEdit(start: number, end: number, replacement: string): Edit {
  return { start, end, replacement, isFang: true }
}

/** A text after edits, which still knows where each of its characters came from. Offsets are UTF-16 units. */
export type EditedText = {
  readonly text: string
  /** Offset in the original text of the character at `position`. */
  originalStart(position: number): number
  /** Offset in the original text just after the character before `position`. */
  originalEnd(position: number): number
  /** True when a defanging was undone within the range. */
  hasFang(start: number, end: number): boolean
}

export function unedited(text: string): EditedText {
  return { text, originalStart: (position) => position, originalEnd: (position) => position, hasFang: () => false }
}

/** Collects edits in ascending, non-overlapping order and builds the text in one go. */
export class EditRecorder {
  readonly #source: EditedText
  readonly #pieces: string[] = []
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #sourceTo: number[] = []
  readonly #sourceFrom: number[] = []
  readonly #fangs: boolean[] = []
  #copied = 0
  #length = 0

  constructor(source: EditedText) {
    this.#source = source
  }

  /** Where the last edit ended in the source; a new one may not begin before it. */
  get frontier(): number {
    return this.#copied
  }

  add(edit: Edit): void {
    this.#copyUntil(edit.start)
    this.#from.push(this.#length)
    this.#length += edit.replacement.length
    this.#pieces.push(edit.replacement)
    this.#to.push(this.#length)
    this.#sourceFrom.push(edit.start)
    this.#sourceTo.push(edit.end)
    this.#fangs.push(edit.isFang)
    this.#copied = edit.end
  }

  finish(): EditedText {
    if (this.#from.length === 0) return this.#source
    this.#copyUntil(this.#source.text.length)
    return {
      text: this.#pieces.join(''),
      originalStart: (position) => this.#source.originalStart(this.#sourceStart(position)),
      originalEnd: (position) => this.#source.originalEnd(this.#sourceEnd(position)),
      hasFang: (start, end) =>
        this.#hasOwnFang(start, end) || this.#source.hasFang(this.#sourceStart(start), this.#sourceEnd(end)),
    }
  }

  #copyUntil(end: number): void {
    if (end <= this.#copied) return
    this.#pieces.push(this.#source.text.slice(this.#copied, end))
    this.#length += end - this.#copied
  }

  #sourceStart(position: number): number {
    const edit = lastAtMost(this.#from, position)
    if (edit < 0) return position
    const to = this.#to[edit] ?? 0
    return position < to ? (this.#sourceFrom[edit] ?? 0) : (this.#sourceTo[edit] ?? 0) + position - to
  }

  #sourceEnd(position: number): number {
    const edit = lastAtMost(this.#from, position - 1)
    if (edit < 0) return position
    const to = this.#to[edit] ?? 0
    return (this.#sourceTo[edit] ?? 0) + Math.max(0, position - to)
  }

  #hasOwnFang(start: number, end: number): boolean {
    for (let edit = lastAtMost(this.#from, end - 1); edit >= 0 && (this.#to[edit] ?? 0) > start; edit--) {
      if (this.#fangs[edit] === true) return true
    }
    return false
  }
}

/** Index of the last element not above the limit in an ascending list; -1 when there is none. */
function lastAtMost(ascending: readonly number[], limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low - 1
}
