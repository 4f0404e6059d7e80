import { createHash } from 'node:crypto'

/** What stands before the first entry. */
export const chainStart = '0'.repeat(64)

/**
 * The hash of an entry: SHA-256, in hexadecimal digits, over the hash before it, its sequence and its canonical JSON, a line
 * feed between them. The database's function `identity.chain_audit_entry` does the same when an entry is appended.
 */
export function entryHash(before: string, sequence: number, content: string): string {
  return createHash('sha256').update(`${before}\n${sequence}\n${content}`, 'utf8').digest('hex')
}

/** A place in the chain to be kept elsewhere: `12:9f86d0…`. */
export type Anchor = { sequence: number; hash: string }

export const anchorForm = /^(\d{1,15}):([0-9a-f]{64})$/

export function anchorText({ sequence, hash }: Anchor): string {
  return `${sequence}:${hash}`
}

/** @returns undefined when the text is no anchor. */
export function readAnchor(text: string): Anchor | undefined {
  const [, sequence, hash] = anchorForm.exec(text.trim()) ?? []
  return hash === undefined ? undefined : { sequence: Number(sequence), hash }
}
