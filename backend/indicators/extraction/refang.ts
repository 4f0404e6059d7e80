import { schemeOf } from '../recognition/url.ts'
import { bracketEdit, strayClosingEdit, strayOpeningEdit, wrappedEdit } from './bracket-edits.ts'
import { isAlphanumeric, isHostCharacter } from './character-class.ts'
import { EditRecorder, fangEdit as edit, unedited } from './edited-text.ts'
import type { Edit, EditedText } from './edited-text.ts'
import { maySpeak, spokenEdit } from './spoken-edits.ts'

const TRIGGERS = new Uint8Array(0x10000)
for (let code = 128; code < 0x10000; code++) TRIGGERS[code] = isWideTrigger(code) ? 1 : 0
for (const trigger of '[({<|]\\* :') TRIGGERS[trigger.charCodeAt(0)] = 1

/** A folder whose name begins with a dot: C:\Users\bob\.ssh, HKEY_USERS\.DEFAULT. */
const IN_PATH = /\\(?=[^\\\s./]+$)|HK[A-Z_]{1,20}$/

/** Undoes defanging: brackets and words for dots, at signs and schemes, full-width forms, zero-width characters. Keeps the rest. */
export function refang(text: string): string {
  const edited = undoDefanging(unedited(text)).text
  return edited.replace(/\b[a-z_]{3,7}(?=:\/\/)/gi, (word) => schemeOf(word) ?? word)
}

/** The same, with the way back to original offsets. Schemes (hxxp) are left to the URL reader. One pass, linear. */
export function undoDefanging(source: EditedText): EditedText {
  const { text } = source
  const recorder = new EditRecorder(source)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (TRIGGERS[code] === 0 || (code === 32 && !maySpeak(text, i))) continue
    const edit = code < 128 ? asciiEdit(text, i, code) : wideEdit(text, i, code)
    if (edit === null || edit.start < recorder.frontier) continue
    recorder.add(edit)
    i = edit.end - 1
  }
  return recorder.finish()
}

function asciiEdit(text: string, i: number, code: number): Edit | null {
  if (code === 32) return spokenEdit(text, i)
  if (code === 92) return escapeEdit(text, i)
  if (code === 58) return backslashedSchemeEdit(text, i)
  if (code === 42) return starredSchemeEdit(text, i)
  if (code === 93) return strayClosingEdit(text, i)
  return bracketEdit(text, i) ?? wrappedEdit(text, i) ?? strayOpeningEdit(text, i)
}

/** evil\.com as in a regular expression; http:\/\/ as in JSON. No proof of an indicator: code is full of both. */
function escapeEdit(text: string, i: number): Edit | null {
  let end = i + 1
  while (end < i + 4 && text.charCodeAt(end) === 92) end++
  const escaped = text.charAt(end)
  if (
    escaped === '.' &&
    isAlphanumeric(text.charCodeAt(i - 1)) &&
    isAlphanumeric(text.charCodeAt(end + 1)) &&
    !IN_PATH.test(text.slice(Math.max(0, i - 40), i))
  )
    return { start: i, end, replacement: '', isFang: false }
  const isSlash = escaped === '/' && (end === i + 1 || text.charAt(i - 1) === ':' || text.charAt(i - 1) === '/')
  return isSlash ? { start: i, end, replacement: '', isFang: false } : null
}

/** hxxp:\\evil.com */
function backslashedSchemeEdit(text: string, i: number): Edit | null {
  if (text.charCodeAt(i + 1) !== 92 || text.charCodeAt(i + 2) !== 92 || text.charAt(i + 3) === '/') return null
  const scheme = /[a-z*]{3,6}$/i.exec(text.slice(Math.max(0, i - 6), i))?.[0]
  return scheme !== undefined && schemeOf(scheme)?.startsWith('http') === true ? edit(i, i + 3, '://') : null
}

/** h**p:// */
function starredSchemeEdit(text: string, i: number): Edit | null {
  return /h/i.test(text.charAt(i - 1)) && /^\*\*ps?(?::|\[:)/i.test(text.slice(i, i + 6)) ? edit(i, i + 2, 'tt') : null
}

function wideEdit(text: string, i: number, code: number): Edit | null {
  const isBetween = isHostCharacter(text.charCodeAt(i - 1)) && isHostCharacter(text.charCodeAt(i + 1))
  if (code === 0x3002 || code === 0xff61 || code === 0xff0e || code === 0x2024)
    return isBetween ? edit(i, i + 1, '.') : null
  if (code > 0xff00 && code < 0xff5f)
    return isFullWidthKept(code) ? null : edit(i, i + 1, String.fromCharCode(code - 0xfee0))
  if (code === 0x2010 || code === 0x2011) return { start: i, end: i + 1, replacement: '-', isFang: false }
  return { start: i, end: i + 1, replacement: '', isFang: false }
}

/** Zero-width characters and the soft hyphen vanish; full-width ASCII and ideographic dots are narrowed. */
function isWideTrigger(code: number): boolean {
  if (code < 0x2000) return code === 0xad
  if (code < 0x3000)
    return (
      (code >= 0x200b && code <= 0x200d) || code === 0x2060 || code === 0x2010 || code === 0x2011 || code === 0x2024
    )
  return code === 0x3002 || (code > 0xff00 && code < 0xff62 && code !== 0xff5f && code !== 0xff60) || code === 0xfeff
}

/** Full-width comma, brackets, colon and the like are punctuation of Chinese prose: they end an indicator. */
function isFullWidthKept(code: number): boolean {
  return code < 0xff10
    ? code !== 0xff0f && code !== 0xff0d
    : code === 0xff1a || code === 0xff1b || code === 0xff1f || (code > 0xff3a && code < 0xff41 && code !== 0xff3f)
}
