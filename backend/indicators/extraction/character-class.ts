/** Bits that a scanned word gathers from its characters; 0 is no character of a word. */
export const DIGIT = 1
export const HEX_LETTER = 2
export const LETTER = 4
export const DOT = 8
export const HYPHEN = 16
export const UNDERSCORE = 32
/** Letters beyond ASCII that are written with spaces between words (Cyrillic, Greek, accented Latin, Arabic …). */
export const WIDE = 64
/** Letters of scripts written without spaces: prose may touch an indicator on both sides. */
export const IDEOGRAPH = 128

const ASCII_CLASS = new Uint8Array(128)
for (let code = 48; code < 58; code++) ASCII_CLASS[code] = DIGIT
for (let code = 97; code < 123; code++) {
  ASCII_CLASS[code] = code < 103 ? HEX_LETTER : LETTER
  ASCII_CLASS[code - 32] = code < 103 ? HEX_LETTER : LETTER
}
ASCII_CLASS[45] = HYPHEN
ASCII_CLASS[46] = DOT
ASCII_CLASS[95] = UNDERSCORE

/** Zero for NaN, which charCodeAt answers beyond the ends of a text. */
export function classOf(code: number): number {
  return CLASSES[code] ?? 0
}

/** Classes by block, from the Unicode block list; punctuation, symbols, emoji (surrogates) and spaces end a word. */
export function wideClassOf(code: number): number {
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return 0
  if (code < 0x0e00)
    return code === 0x060c || code === 0x061b || code === 0x061f || code === 0x06d4 || code === 0x0964 ? 0 : WIDE
  if (code < 0x0f00 || (code >= 0x1000 && code < 0x10a0) || (code >= 0x1780 && code < 0x1800)) return IDEOGRAPH
  if (code < 0x2000) return WIDE
  if (code < 0x2e80 || (code >= 0x3000 && code < 0x3040 && code !== 0x3005 && code !== 0x3007) || code === 0x30fb)
    return 0
  if (code < 0xa4d0 || (code >= 0xac00 && code < 0xd7b0) || (code >= 0xf900 && code < 0xfb00)) return IDEOGRAPH
  if (code >= 0xd800 && code < 0xf900) return 0
  return code < 0xfe00 ? WIDE : 0
}

/** The class of every UTF-16 unit: one look-up, no branch, in the loop that sees all of the text. */
export const CLASSES = new Uint8Array(0x10000)
for (let code = 0; code < 0x10000; code++) CLASSES[code] = code < 128 ? (ASCII_CLASS[code] ?? 0) : wideClassOf(code)

export function isAlphanumeric(code: number): boolean {
  return (classOf(code) & (DIGIT | HEX_LETTER | LETTER | WIDE | IDEOGRAPH)) !== 0
}

export function isHostCharacter(code: number): boolean {
  return (classOf(code) & ~DOT) !== 0
}

/** Where the part begins that prose without spaces before it does not touch any more: behind the last ideograph. */
export function behindIdeographs(text: string, start: number, end: number): number {
  for (let i = end - 1; i >= start; i--) if ((classOf(text.charCodeAt(i)) & IDEOGRAPH) !== 0) return i + 1
  return start
}

/** Commas, stops and brackets of Chinese and Japanese. */
export function isWidePunctuation(code: number): boolean {
  return (code > 0x3000 && code < 0x3030) || (code > 0xff00 && code < 0xff10) || (code > 0xff19 && code < 0xff21)
}
