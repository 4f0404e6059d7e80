// Control characters but tab and newline, and the marks that turn the direction of writing: what a provider answers must
// not move the cursor, set the title or hide a part of a line.
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text of others, safe to show in a terminal. */
export function printable(text: string): string {
  return text.replace(unprintable, '\ufffd')
}

/** On one line, and with no URL that a terminal would make clickable. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim()).replace(
    /\b(ht|f)tp(s?):\/\//gi,
    (_all, start: string, s: string) => (start.toLowerCase() === 'ht' ? `hxxp${s}://` : `fxp${s}://`),
  )
}
