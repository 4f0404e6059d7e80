import { hash, randomBytes } from 'node:crypto'

/** 256 random bits as 43 characters that are safe in a cookie and in a URL fragment. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a random secret. No salt and no slow hash: nobody can guess 190 bits. */
export function secretSha256(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}
