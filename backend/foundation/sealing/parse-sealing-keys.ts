import type { SealingKey } from './open-key-ring.ts'

/**
 * Reads keys as they stand in the environment: `id:key,id:key`, each key 32 bytes in base64, base64url or 64
 * hexadecimal digits; the first seals. `openssl rand -base64 32` makes one.
 * @throws naming the key that is wrong, never its value.
 */
export function parseSealingKeys(text: string): SealingKey[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map(parseOne)
}

function parseOne(entry: string, position: number): SealingKey {
  const colon = entry.indexOf(':')
  if (colon < 1) throw new Error(`Sealing key ${position + 1} has no id: write it as id:key.`)
  const id = entry.slice(0, colon)
  const text = entry.slice(colon + 1)
  const key = /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length !== 32) {
    throw new Error(`Sealing key "${id}" has ${key.length} bytes; it must have 32. Make one: openssl rand -base64 32`)
  }
  return { id, key }
}
