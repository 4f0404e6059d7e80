import type { Scan } from '../scan.ts'

/** "JA3: …", "ja3_hash=…", "ja3":{"hash":"…", "JA3 hash is …". */
const LABEL =
  /\bja3s?(?:[ _-]?(?:hash|fingerprint|digest|full))?[^\w\n]{0,6}(?:(?:hash|fingerprint|digest|is|was|of|the|client|value)[^\w\n]{1,4}){0,4}$/i
/** "JA3 of the beacon: …", ja3.hash; content:"…": a few words between, none of which names another sort of digest. */
const NEAR = /\bja3s?(?![a-z\d])(?:(?!md5|sha|imphash|file|sample|drop|payload|[\da-f]{32})[^\n|\t]){0,32}$/i
/** An attribute of MISP, whose type stands some fields before its value. */
const ATTRIBUTE = /"ja3s?-fingerprint-md5"[^{}\n]{0,160}$/i
const HEAD = /^ja3s?(?![a-z\d])/i
const BEHIND = /^ ?[([]ja3s?\b/i
/** Whether 32 hex digits are the fingerprint of a TLS client: what stands around says so, or the head of their column. */
export function isJa3(scan: Scan, start: number, end: number): boolean {
  const { text } = scan
  const before = text.slice(Math.max(0, start - 64), start)
  return (
    LABEL.test(before) ||
    NEAR.test(before) ||
    BEHIND.test(text.slice(end, end + 8)) ||
    ATTRIBUTE.test(text.slice(Math.max(0, start - 200), start)) ||
    HEAD.test(scan.tables.headOf(start))
  )
}
