import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** A key of 32 bytes under a name that is stored with what it sealed. */
export type SealingKey = { id: string; key: Uint8Array }

/** Seals and opens short texts. Both are synchronous: a secret is a few hundred bytes. */
export type KeyRing = {
  /** The key that seals from now on. */
  readonly currentKeyId: string
  /** All keys that are there, the current one first. */
  readonly keyIds: readonly string[]
  /** `context` says whose text it is; the same must be given to open it, so that a row copied elsewhere stays shut. */
  seal(plain: string, context: string): string
  /** @throws SealBroken when the key is not on the ring, the context differs or the text was changed. */
  open(sealed: string, context: string): string
  /** Whether it was sealed with an older key and should be sealed anew. */
  isStale(sealed: string): boolean
}

export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  /** The key that it was sealed with, when that key is not on the ring: the fix is to put it back. */
  readonly missingKeyId: string | undefined

  constructor(message: string, { missingKeyId, ...options }: ErrorOptions & { missingKeyId?: string } = {}) {
    super(message, options)
    this.missingKeyId = missingKeyId
  }
}

const version = 'v1'
const ivBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM with a key ring: the first key seals, every key opens, so that a new key can be put in front and old
 * texts sealed anew at leisure. A sealed text is `v1.<key id>.<base64url of iv, tag, ciphertext>`.
 * @throws when the ring is empty, an id is not of [A-Za-z0-9_-] or a key is not of 32 bytes.
 */
export function openKeyRing(keys: SealingKey[]): KeyRing {
  const byId = new Map(keys.map((key) => [key.id, checked(key)]))
  const current = keys[0]
  if (!current) throw new Error('The key ring is empty: give at least one key of 32 bytes.')
  if (byId.size !== keys.length) throw new Error('Two keys of the key ring have the same id.')

  return {
    currentKeyId: current.id,
    keyIds: keys.map(({ id }) => id),
    seal(plain, context) {
      // A random IV of 96 bits is safe for 2^32 texts under one key: far beyond what secrets need.
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', current.key, iv, { authTagLength: tagBytes })
      cipher.setAAD(additional(current.id, context))
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return `${version}.${current.id}.${Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')}`
    },
    open(sealed, context) {
      const { keyId, bytes } = parse(sealed)
      const key = byId.get(keyId)
      if (!key)
        throw new SealBroken(`It was sealed with key "${keyId}", which is not on the key ring. Put that key back.`, {
          missingKeyId: keyId,
        })
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
        decipher.setAAD(additional(keyId, context))
        decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
        return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new SealBroken(`It does not open with key "${keyId}": another key, another owner, or it was changed.`, {
          cause,
        })
      }
    },
    isStale: (sealed) => parse(sealed).keyId !== current.id,
  }
}

function checked({ id, key }: SealingKey): Uint8Array {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id))
    throw new Error(`The key id "${id}" may hold letters, digits, "_" and "-" only.`)
  if (key.length !== 32) throw new Error(`The key "${id}" has ${key.length} bytes; it must have 32.`)
  return key
}

function additional(keyId: string, context: string): Buffer {
  return Buffer.from(`${version}.${keyId}.${context}`)
}

function parse(sealed: string): { keyId: string; bytes: Buffer } {
  const [head, keyId, text, ...rest] = sealed.split('.')
  const bytes = Buffer.from(text ?? '', 'base64url')
  if (head !== version || !keyId || rest.length > 0 || bytes.length < ivBytes + tagBytes) {
    throw new SealBroken('It is not a sealed text.')
  }
  return { keyId, bytes }
}
