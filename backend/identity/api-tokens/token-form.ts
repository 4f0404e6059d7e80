import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const prefix = 'indag_'
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomLength = 43
const checksumLength = 6
const generated = new RegExp(`^${prefix}[0-9A-Za-z]{${randomLength + checksumLength}}$`)
const acceptable = /^indag_[0-9A-Za-z_-]{24,200}$/

export const tokenForm = '"indag_" followed by 49 letters and digits'

/**
 * A new token: `indag_`, 43 random base62 characters (256 bits), and their CRC32 in 6 base62 characters, so that secret
 * scanners and this server tell a token from a look-alike without a database (the form of GitHub's tokens).
 */
export function newToken(): string {
  let random = ''
  while (random.length < randomLength) {
    for (const byte of randomBytes(64)) {
      // 248 = 4 × 62: larger bytes would make the first characters likelier.
      if (byte < 248 && random.length < randomLength) random += alphabet[byte % 62]
    }
  }
  return prefix + random + checksumOf(random)
}

/**
 * What is wrong with the form of a token, or nothing. `chosen` tokens, which an operator made up and installed at
 * start, need the prefix and 24 characters or more, but no checksum.
 */
export function tokenFault(token: string): 'malformed' | 'checksum' | 'chosen' | undefined {
  if (generated.test(token)) {
    const random = token.slice(prefix.length, prefix.length + randomLength)
    return token.endsWith(checksumOf(random)) ? undefined : 'checksum'
  }
  return acceptable.test(token) ? 'chosen' : 'malformed'
}

function checksumOf(random: string): string {
  let rest = crc32(random)
  let text = ''
  for (let i = 0; i < checksumLength; i++) {
    text = alphabet[rest % 62] + text
    rest = Math.floor(rest / 62)
  }
  return text
}
