import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalize } from '../../../../backend/indicators/index.ts'
import { formatIpv6, splitRange4, splitRange6 } from '../../../../backend/sources/datasets/split-range.ts'

describe('a range of addresses', () => {
  test.each([
    [0x01010100, 0x010101ff, ['1.1.1.0/24']],
    [0x01010101, 0x01010101, ['1.1.1.1/32']],
    [0x0a000001, 0x0a000006, ['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6/32']],
    [0, 0xffffffff, ['0.0.0.0/0']],
    [0xffffffff, 0xffffffff, ['255.255.255.255/32']],
  ])('of IPv4 from %d to %d becomes %j', (start, end, cidrs) => {
    expect([...splitRange4(start, end)]).toEqual(cidrs)
  })

  test.each([
    [1n, 1n, ['::1/128']],
    [0x20010db8n << 96n, (0x20010db9n << 96n) - 1n, ['2001:db8::/32']],
    [0n, (1n << 128n) - 1n, ['::/0']],
    [(1n << 128n) - 2n, (1n << 128n) - 1n, ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127']],
  ])('of IPv6 from %d to %d becomes %j', (start, end, cidrs) => {
    expect([...splitRange6(start, end)]).toEqual(cidrs)
  })

  test('is covered exactly, in order and without overlap', () => {
    const ranges = fc
      .tuple(fc.nat(0xffffffff), fc.nat(0xffff))
      .map(([start, length]) => [start, Math.min(start + length, 0xffffffff)] as const)
    fc.assert(
      fc.property(ranges, ([start, end]) => {
        let next = start
        for (const cidr of splitRange4(start, end)) {
          const [address = '', prefix = ''] = cidr.split('/')
          expect(address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)).toBe(next)
          next += 2 ** (32 - Number(prefix))
        }
        expect(next).toBe(end + 1)
      }),
    )
  })

  test('gives the same networks for IPv6 as for IPv4, 96 bits further down', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffff), (start, length) => {
        const end = Math.min(start + length, 0xffffffff)
        const prefixes = (cidrs: Iterable<string>) => [...cidrs].map((cidr) => Number(cidr.split('/')[1]))
        expect(prefixes(splitRange6(BigInt(start), BigInt(end))).map((prefix) => prefix - 96)).toEqual(
          prefixes(splitRange4(start, end)),
        )
      }),
    )
  })

  test('is written as lookup keys are: in the canonical form of indicators', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 128n) - 1n), fc.nat(128), (address, shift) => {
        const start = (address >> BigInt(shift)) << BigInt(shift)
        const text = formatIpv6(start)
        // An IPv4-mapped address is canonically IPv4: such networks are no public ones and stand in no dataset.
        fc.pre(start >> 32n !== 0xffffn)
        expect(canonicalize('ipv6', text)).toBe(text)
      }),
    )
  })
})
