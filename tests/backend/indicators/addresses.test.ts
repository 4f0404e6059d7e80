import { describe, expect, it } from 'vitest'
import { classifyAddress, hostOf, lookupKeys } from '../../../backend/indicators/index.ts'

describe('the class of an address', () => {
  it.each([
    ['8.8.8.8', 'public', true],
    ['10.0.0.1', 'private', false],
    ['172.31.255.255', 'private', false],
    ['172.32.0.0', 'public', true],
    ['192.168.0.0/16', 'private', false],
    ['127.0.0.1', 'loopback', false],
    ['169.254.169.254', 'link-local', false],
    ['100.64.0.1', 'cgnat', false],
    ['203.0.113.9', 'documentation', false],
    ['198.19.0.1', 'benchmark', false],
    ['224.0.0.1', 'multicast', false],
    ['255.255.255.255', 'broadcast', false],
    ['240.0.0.1', 'reserved', false],
    ['0.0.0.0', 'unspecified', false],
    ['0.0.0.0/0', 'public', true],
    ['2606:4700::1111', 'public', true],
    ['::1', 'loopback', false],
    ['::', 'unspecified', false],
    ['::ffff:1.2.3.4', 'ipv4-mapped', false],
    ['64:ff9b::808:808', 'nat64', true],
    ['2001::1', 'teredo', false],
    ['2002:102:304::1', '6to4', false],
    ['2001:db8::1', 'documentation', false],
    ['3fff::1', 'documentation', false],
    ['fc00::/7', 'unique-local', false],
    ['fe80::1', 'link-local', false],
    ['ff02::1', 'multicast', false],
    ['4000::1', 'reserved', false],
  ] as const)('of %s is %s', (value, scope, globallyReachable) => {
    expect(classifyAddress(value)).toMatchObject({ scope, globallyReachable })
  })

  it('is refused for what is no address', () => {
    expect(() => classifyAddress('evil.com')).toThrow('Not an address')
  })
})

describe('the look-up keys', () => {
  it('of an address are all prefixes that contain it, in network form', () => {
    const { exact, cidr, suffix } = lookupKeys({ kind: 'ipv4', value: '1.1.1.1' })
    expect(exact).toEqual(['1.1.1.1'])
    expect(cidr).toHaveLength(33)
    expect(cidr.slice(0, 2)).toEqual(['1.1.1.1/32', '1.1.1.0/31'])
    expect(cidr.at(-1)).toBe('0.0.0.0/0')
    expect(suffix).toEqual([])
  })

  it('of an IPv6 address are 129 prefixes', () => {
    const { cidr } = lookupKeys({ kind: 'ipv6', value: '2001:db8::1' })
    expect(cidr).toHaveLength(129)
    expect([cidr[0], cidr[96], cidr[128]]).toEqual(['2001:db8::1/128', '2001:db8::/32', '::/0'])
  })

  it('of a range are its own prefix and the wider ones', () => {
    expect(lookupKeys({ kind: 'cidr', value: '128.0.0.0/2' }).cidr).toEqual(['128.0.0.0/2', '128.0.0.0/1', '0.0.0.0/0'])
  })

  it('of a domain are the domain and its parents', () => {
    expect(lookupKeys({ kind: 'domain', value: 'a.b.example.com' }).suffix).toEqual([
      'a.b.example.com',
      'b.example.com',
      'example.com',
      'com',
    ])
  })

  it('of a URL and an e-mail address are those of the host', () => {
    expect(lookupKeys({ kind: 'url', value: 'http://u:p@b.example.com:81/x' })).toMatchObject({
      cidr: [],
      suffix: ['b.example.com', 'example.com', 'com'],
    })
    expect(lookupKeys({ kind: 'url', value: 'http://[2001:db8::1]/x' }).cidr[0]).toBe('2001:db8::1/128')
    expect(lookupKeys({ kind: 'email', value: 'a@example.com' })).toEqual({
      exact: ['a@example.com'],
      cidr: [],
      suffix: ['example.com', 'com'],
    })
  })

  it('of a hash are the hash alone', () => {
    expect(lookupKeys({ kind: 'md5', value: 'x' })).toEqual({ exact: ['x'], cidr: [], suffix: [] })
  })
})

describe('the host', () => {
  it('of a URL or an e-mail address is an indicator', () => {
    expect(hostOf({ kind: 'url', value: 'https://evil.com/x' })).toEqual({ kind: 'domain', value: 'evil.com' })
    expect(hostOf({ kind: 'url', value: 'http://1.2.3.4:80' })).toEqual({ kind: 'ipv4', value: '1.2.3.4' })
    expect(hostOf({ kind: 'email', value: 'a@evil.com' })).toEqual({ kind: 'domain', value: 'evil.com' })
  })

  it('of other kinds is none', () => {
    expect(hostOf({ kind: 'domain', value: 'evil.com' })).toBeNull()
  })
})
