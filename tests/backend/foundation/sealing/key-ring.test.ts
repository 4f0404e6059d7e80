import { describe, expect, it } from 'vitest'
import { openKeyRing, parseSealingKeys, SealBroken } from '../../../../backend/foundation/index.ts'

const one = { id: 'one', key: Buffer.alloc(32, 1) }
const two = { id: 'two', key: Buffer.alloc(32, 2) }
const ring = openKeyRing([one])

describe('a key ring', () => {
  it('opens what it sealed, and seals the same text differently each time', () => {
    const sealed = ring.seal('hush ünïcode', 'source/a')
    expect(sealed).not.toContain('hush')
    expect(ring.open(sealed, 'source/a')).toBe('hush ünïcode')
    expect(ring.seal('hush ünïcode', 'source/a')).not.toBe(sealed)
  })

  it('refuses another context', () => {
    expect(() => ring.open(ring.seal('hush', 'source/a'), 'source/b')).toThrow(SealBroken)
  })

  it('refuses a text that was changed in any one character', () => {
    const sealed = ring.seal('hush', 'c')
    for (let i = 7; i < sealed.length - 1; i += 1) {
      const changed = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1)
      expect(() => ring.open(changed, 'c')).toThrow(SealBroken)
    }
  })

  it('refuses a truncated tag, another version and nonsense', () => {
    for (const text of ['', 'v1.one.', 'v1.one.AAAA', `v2${ring.seal('x', 'c').slice(2)}`, 'hush'])
      expect(() => ring.open(text, 'c')).toThrow(SealBroken)
  })

  it('seals with the first key and opens with every one', () => {
    const old = ring.seal('hush', 'c')
    const rotated = openKeyRing([two, one])
    expect(rotated.open(old, 'c')).toBe('hush')
    expect(rotated.isStale(old)).toBe(true)
    expect(rotated.isStale(rotated.seal('hush', 'c'))).toBe(false)
    expect(() => ring.open(rotated.seal('hush', 'c'), 'c')).toThrow('key "two", which is not on the key ring')
  })

  it('refuses short keys, odd ids, none and twins', () => {
    expect(() => openKeyRing([])).toThrow('empty')
    expect(() => openKeyRing([{ id: 'a', key: Buffer.alloc(16) }])).toThrow('16 bytes; it must have 32')
    expect(() => openKeyRing([{ id: 'a.b', key: Buffer.alloc(32) }])).toThrow('a.b')
    expect(() => openKeyRing([one, { ...two, id: 'one' }])).toThrow('same id')
  })
})

describe('keys in the environment', () => {
  it('are read in base64 and hexadecimal', () => {
    expect(parseSealingKeys(`two:${two.key.toString('base64')}, one:${one.key.toString('hex')}`)).toEqual([two, one])
  })

  it('that are wrong are named without their value', () => {
    expect(() => parseSealingKeys('a:c2hvcnQ=')).toThrow(/^Sealing key "a" has 5 bytes/)
    expect(() => parseSealingKeys(one.key.toString('hex'))).toThrow('Sealing key 1 has no id')
  })
})
