import { createHash } from 'node:crypto'
import { keccak256Hex } from './keccak.ts'
import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const BECH32_CONSTANT = 1
const BECH32M_CONSTANT = 0x2bc830a3

/** Base58Check (P2PKH, P2SH) as written, or bech32/bech32m (BIP 173, BIP 350) in lower case; the checksum must hold. */
export function recognizeBitcoin(text: string): Recognition {
  const isSegwit =
    /^bc1[02-9ac-hj-np-z]{11,71}$/i.test(text) && (text === text.toLowerCase() || text === text.toUpperCase())
  if (!isSegwit && !/^[13][1-9A-HJ-NP-Za-km-z]{24,34}$/.test(text)) {
    return refuse('malformed', 'This is not a Bitcoin address.', 'Addresses begin with 1, 3 or bc1.')
  }
  const holds = isSegwit ? hasSegwitChecksum(text.toLowerCase()) : hasBase58Checksum(text)
  if (!holds)
    return refuse(
      'bad-checksum',
      'The checksum of this Bitcoin address does not hold.',
      'Copy the address again; a character is wrong.',
    )
  return accept(isSegwit ? text.toLowerCase() : text)
}

/** Canonical form: lower case. A mixed-case address must satisfy the EIP-55 checksum. */
export function recognizeEthereum(text: string): Recognition {
  if (!/^0x[0-9a-f]{40}$/i.test(text)) {
    return refuse('malformed', 'This is not an Ethereum address.', 'Write 0x and 40 hex digits.')
  }
  const digits = text.slice(2)
  const lower = digits.toLowerCase()
  if (digits !== lower && digits !== digits.toUpperCase() && digits !== toMixedCase(lower)) {
    return refuse(
      'bad-checksum',
      'The EIP-55 checksum of this Ethereum address does not hold.',
      'Copy the address again, or write it in lower case.',
    )
  }
  return accept(`0x${lower}`)
}

function toMixedCase(lower: string): string {
  const hash = keccak256Hex(lower)
  return [...lower].map((digit, i) => (Number.parseInt(hash[i] ?? '0', 16) > 7 ? digit.toUpperCase() : digit)).join('')
}

function hasBase58Checksum(text: string): boolean {
  let number = 0n
  for (const letter of text) number = number * 58n + BigInt(BASE58.indexOf(letter))
  const hex = number.toString(16).padStart(50, '0')
  if (hex.length !== 50) return false
  const bytes = Buffer.from(hex, 'hex')
  const version = bytes[0]
  return (
    (version === 0 || version === 5) &&
    sha256(sha256(bytes.subarray(0, 21)))
      .subarray(0, 4)
      .equals(bytes.subarray(21))
  )
}

function hasSegwitChecksum(text: string): boolean {
  const values = [...text.slice(3)].map((letter) => BECH32.indexOf(letter))
  // "bc" expanded: high bits, zero, low bits.
  const checksum = polymod([3, 3, 0, 2, 3, ...values])
  return checksum === (values[0] === 0 ? BECH32_CONSTANT : BECH32M_CONSTANT)
}

function polymod(values: number[]): number {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]
  let checksum = 1
  for (const value of values) {
    const top = checksum >>> 25
    checksum = ((checksum & 0x1ffffff) << 5) ^ value
    for (const [bit, term] of generator.entries()) if (((top >>> bit) & 1) === 1) checksum ^= term
  }
  return checksum >>> 0
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
