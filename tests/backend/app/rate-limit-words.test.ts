import { describe, expect, test } from 'vitest'
import { parseRates, usualRates } from '../../../backend/app/config/rate-limits.ts'
import { networkOf } from '../../../backend/app/http/network-of.ts'
import { classOf } from '../../../backend/app/http/route-class.ts'

const parse = (value: string | undefined) => {
  const faults: string[] = []
  return { rates: parseRates(value, (fault) => faults.push(fault)), faults }
}

describe('INDAG_RATE_LIMITS', () => {
  test('left out means the usual rates; off means none', () => {
    expect(parse(undefined)).toEqual({ rates: usualRates, faults: [] })
    expect(parse('off')).toEqual({ rates: undefined, faults: [] })
  })

  test('changes one and leaves the others; 0 takes one away; a minute unless told', () => {
    const { rates, faults } = parse('ask.token=10/3600, read.user=0,write.address=7')
    expect(faults).toEqual([])
    expect(rates!.ask).toEqual({ ...usualRates.ask, token: { points: 10, durationSeconds: 3_600 } })
    expect(rates!.read.user).toBeUndefined()
    expect(rates!.write.address).toEqual({ points: 7, durationSeconds: 60 })
    expect(usualRates.read.user).toBeDefined()
  })

  test.each([
    'ask',
    'ask.token',
    'ask.token=',
    'ask.token=-1',
    'ask.planet=1/60',
    'eat.token=1',
    'ask.token=1/0',
    'ask.token=1/9999999',
    'ask.token=1e3',
  ])('refuses %j with the form that it wants', (value) => {
    const { faults } = parse(value)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(`"${value}"`)
    expect(faults[0]).toContain('ask.token=1000/60')
  })
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['unknown', 'unknown'],
])('the address %s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test.each([
  ['GET', '/api/v1/requests', 'read'],
  ['POST', '/api/v1/requests', 'ask'],
  ['POST', '/api/v1/requests/preview', 'ask'],
  ['POST', '/api/v1/indicators/extract', 'extract'],
  ['PATCH', '/api/v1/sources/x', 'write'],
  ['POST', '/auth/sign-in', 'sign-in'],
  ['GET', '/auth/openid/x', 'sign-in'],
  ['POST', '/auth/sign-out', 'write'],
  ['POST', '/api/v1/setup', 'sign-in'],
])('%s %s counts as %s', (method, path, routeClass) => {
  expect(classOf(method, path)).toBe(routeClass)
})
