import { EditRecorder } from './edited-text.ts'
import type { Edit, EditedText } from './edited-text.ts'
import { classOf, isHostCharacter } from './character-class.ts'
import type { TextFormat } from './extraction.ts'

const ENTITY = /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));/iy
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  period: '.',
  colon: ':',
  sol: '/',
  commat: '@',
  lpar: '(',
  rpar: ')',
  lbrack: '[',
  rbrack: ']',
  lsqb: '[',
  rsqb: ']',
  shy: '',
  zwnj: '',
  zwj: '',
  hyphen: '-',
  dash: '-',
  lowbar: '_',
  equals: '=',
  quest: '?',
  num: '#',
  tab: '\t',
  newline: '\n',
  bsol: '\\',
  laquo: '«',
  raquo: '»',
  ldquo: '“',
  rdquo: '”',
  hellip: '…',
  ndash: '–',
  mdash: '—',
}
const INLINE_TAGS = /(?:<\/?(?:b|i|em|strong|span|u|mark|font|wbr|code|s)(?:\s[^<>]{0,300})?\/?>){1,4}/iy
const UNICODE_ESCAPE = /\\{1,3}u([0-9a-f]{4})|\\x(2e|2f|3a|40|5b|5d)/iy

/** Undoes the wrapping of a format (quoted-printable, JSON escapes, HTML entities and inline tags), offsets kept. Linear. */
export function decodeText(source: EditedText, format: TextFormat): EditedText {
  const unwrapped = isQuotedPrintable(source.text, format) ? decodeQuotedPrintable(source) : source
  return decodeEscapes(unwrapped, isJson(unwrapped.text, format))
}

function isQuotedPrintable(text: string, format: TextFormat): boolean {
  if (format === 'text' || format === 'json' || format === 'csv' || format === 'html') return false
  if (format === 'email') return /=(?:3D|\r?\n)/.test(text)
  return /quoted-printable/i.test(text.slice(0, 200_000)) || (text.includes('=3D') && /=\r?\n/.test(text))
}

function isJson(text: string, format: TextFormat): boolean {
  if (format !== 'auto') return format === 'json'
  const head = text.slice(0, 2000)
  return /^\s{0,100}[[{]/.test(head) && /"\s{0,10}:|\[\s{0,10}"|",/.test(head)
}

/** RFC 2045 §6.7. Bytes of UTF-8 sequences beyond ASCII are joined. */
function decodeQuotedPrintable(source: EditedText): EditedText {
  const { text } = source
  const recorder = new EditRecorder(source)
  for (let i = text.indexOf('='); i >= 0; i = text.indexOf('=', i + 1)) {
    const edit = quotedEdit(text, i)
    if (edit === null) continue
    recorder.add(edit)
    i = edit.end - 1
  }
  return recorder.finish()
}

function quotedEdit(text: string, i: number): Edit | null {
  const next = text.charCodeAt(i + 1)
  if (next === 10) return decoded(i, i + 2, '')
  if (next === 13) return decoded(i, text.charCodeAt(i + 2) === 10 ? i + 3 : i + 2, '')
  const run = /^(?:=[0-9A-F]{2}){1,8}/i.exec(text.slice(i, i + 24))?.[0]
  if (run === undefined) return null
  const bytes = Buffer.from(run.replaceAll('=', ''), 'hex')
  const length = (bytes[0] ?? 0) < 0x80 ? 1 : (bytes[0] ?? 0) < 0xe0 ? 2 : (bytes[0] ?? 0) < 0xf0 ? 3 : 4
  return decoded(i, i + Math.min(length, bytes.length) * 3, bytes.subarray(0, length).toString('utf8'))
}

function decodeEscapes(source: EditedText, isJsonText: boolean): EditedText {
  const { text } = source
  const recorder = new EditRecorder(source)
  // Native searches for the three marks are far faster than a look at each character; each goes through the text once.
  const next = { '&': text.indexOf('&'), '<': text.indexOf('<'), '\\': text.indexOf('\\') }
  for (let i = nearest(next); i >= 0; i = nearest(next)) {
    const mark = text.charAt(i) as keyof typeof next
    const edit = mark === '&' ? entityEdit(text, i) : mark === '<' ? tagEdit(text, i) : escapeEdit(text, i, isJsonText)
    if (edit !== null) recorder.add(edit)
    const place = edit === null ? i + 1 : edit.end
    if (next['&'] >= 0 && next['&'] < place) next['&'] = text.indexOf('&', place)
    if (next['<'] >= 0 && next['<'] < place) next['<'] = text.indexOf('<', place)
    if (next['\\'] >= 0 && next['\\'] < place) next['\\'] = text.indexOf('\\', place)
  }
  return recorder.finish()
}

/** The smallest place; -1 when all are. */
function nearest(next: { '&': number; '<': number; '\\': number }): number {
  let place = next['&']
  if (next['<'] >= 0 && (place < 0 || next['<'] < place)) place = next['<']
  return next['\\'] >= 0 && (place < 0 || next['\\'] < place) ? next['\\'] : place
}

function entityEdit(text: string, i: number): Edit | null {
  ENTITY.lastIndex = i
  const match = ENTITY.exec(text)
  if (match === null) return null
  const end = i + match[0].length
  const named = match[3] === undefined ? undefined : NAMED[match[3].toLowerCase()]
  if (match[3] !== undefined) return named === undefined ? null : decoded(i, end, named)
  const point = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)
  return point > 0 && point < 0x110000 && (point < 0xd800 || point > 0xdfff)
    ? decoded(i, end, String.fromCodePoint(point))
    : null
}

/** Tags inside an indicator vanish: evil<wbr>.com, <b>evil</b>.com. Others stay and end it. */
function tagEdit(text: string, i: number): Edit | null {
  INLINE_TAGS.lastIndex = i
  const tags = INLINE_TAGS.exec(text)?.[0]
  if (tags === undefined) return null
  const previous = text.charCodeAt(i - 1)
  const next = text.charCodeAt(i + tags.length)
  const isInside = classOf(previous) !== 0 && classOf(next) !== 0
  const isAtMark = '.[]@/:'.includes(text.charAt(i - 1)) || '.[]@'.includes(text.charAt(i + tags.length))
  const isBreak = /^<wbr/i.test(tags) && isHostCharacter(previous)
  return isBreak ||
    (isAtMark &&
      (isInside || '[]@'.includes(text.charAt(i - 1)) || '[]@'.includes(text.charAt(i + tags.length))) &&
      i > 0)
    ? decoded(i, i + tags.length, '')
    : null
}

function escapeEdit(text: string, i: number, isJsonText: boolean): Edit | null {
  UNICODE_ESCAPE.lastIndex = i
  const match = UNICODE_ESCAPE.exec(text)
  if (match !== null && text.charCodeAt(i - 1) !== 92) {
    const unit = String.fromCharCode(Number.parseInt(match[1] ?? match[2] ?? '', 16))
    return decoded(i, i + match[0].length, unit)
  }
  const next = text.charAt(i + 1)
  if (next === '/' && text.charCodeAt(i - 1) !== 92) return decoded(i, i + 2, '/')
  if (!isJsonText) return null
  const plain = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', b: ' ', f: ' ' }[next]
  return plain === undefined ? null : decoded(i, i + 2, plain)
}

function decoded(start: number, end: number, replacement: string): Edit {
  return { start, end, replacement, isFang: false }
}
