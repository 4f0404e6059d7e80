/** What stands before a candidate. All look-backs are bounded, so that the whole stays linear. */

const SKIPPED = new Set(' \t"\'`:=([<>\\#*|{~\uff1a\uff1d\uff08'.split('').map((mark) => mark.charCodeAt(0)))
const REACH = 12
const LONGEST_LABEL = 32

export type Label = {
  /** Lower case, without - and _; empty when there is none. */
  word: string
  /** True when : or = binds the label to the candidate, as in a form, a log or JSON. */
  isKey: boolean
}

/** The word before a place, over spaces, quotes, brackets, colons and equal signs. */
export function labelBefore(text: string, start: number): Label {
  let end = start
  let isKey = false
  const floor = Math.max(0, start - REACH)
  while (end > floor && SKIPPED.has(text.charCodeAt(end - 1))) {
    end--
    const mark = text.charCodeAt(end)
    if (mark === 58 || mark === 61 || mark === 0xff1a || mark === 0xff1d) isKey = true
  }
  let begin = end
  const limit = Math.max(0, end - LONGEST_LABEL)
  while (begin > limit && isLabelCharacter(text.charCodeAt(begin - 1))) begin--
  return { word: text.slice(begin, end).toLowerCase().replace(/[-_.]/g, ''), isKey }
}

/** The name of the mail header in which a place stands, over folded lines; empty when it is in none. */
export function headerBefore(text: string, start: number): string {
  const slice = text.slice(Math.max(0, start - 800), start)
  const headers = [...slice.matchAll(/(?:^|\n)([A-Za-z][A-Za-z-]{1,40}):/g)]
  const last = headers.at(-1)
  if (last === undefined) return ''
  const since = slice.slice(last.index + 1)
  return /\n[^ \t]/.test(since) ? '' : (last[1] ?? '').toLowerCase()
}

function isLabelCharacter(code: number): boolean {
  return (
    (code > 47 && code < 58) ||
    (code > 64 && code < 91) ||
    (code > 96 && code < 123) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    (code >= 0xc0 && code < 0x2000) ||
    (code >= 0x4e00 && code < 0xa000) ||
    code === 38
  )
}
