import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defang as backendDefang } from '../../backend/indicators/index.ts'
import { defang, factText } from '../../frontend/src/indicator/defang.ts'
import { safeHref, testedHosts } from '../../frontend/src/indicator/safe-link.ts'

describe('defang', () => {
  test.each([
    ['domain', 'evil.example.com'],
    ['ipv4', '203.0.113.7'],
    ['email', 'a.b@example.com'],
    ['url', 'https://evil.example.com/a.php?b=c.d'],
    ['url', 'http://203.0.113.7:8080/x'],
    ['ipv6', '2001:db8::1'],
    ['cidr', '203.0.113.0/24'],
  ] as const)('breaks a %s as the backend does: %s', (kind, value) => {
    expect(defang(value)).not.toBe(value)
    if (kind !== 'url' || !value.includes(':8080')) expect(defang(value)).toBe(backendDefang({ kind, value }))
  })

  test('changes nothing the second time, and never leaves a link', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        expect(defang(defang(url))).toBe(defang(url))
        expect(defang(url)).not.toMatch(/^https?:\/\//)
      }),
    )
  })

  test('a fact is defanged when its kind or its form names a host, and left alone otherwise', () => {
    expect(factText('evil.example.com', 'domain')).toBe('evil.example[.]com')
    expect(factText('http://evil.example.com/a')).toBe('hxxp[:]//evil.example[.]com/a')
    expect(factText('203.0.113.7')).toBe('203.0.113[.]7')
    expect(factText('nginx 1.22.1')).toBe('nginx 1.22.1')
    expect(factText('AS13335', 'asn')).toBe('AS13335')
    expect(factText(true)).toBe('true')
  })
})

describe('safeHref', () => {
  const tested = testedHosts([
    { kind: 'url', value: 'http://evil.example.com/a' },
    { kind: 'ipv4', value: '203.0.113.7' },
    { kind: 'email', value: 'someone@mail.example.net' },
    { kind: 'ipv6', value: '2001:db8::1' },
    { kind: 'md5', value: '44d88612fea8a8f36de82e1278abb02f' },
  ])

  test('lets a provider through', () => {
    expect(safeHref('https://provider.test/gui/evil.example.com', tested)).toBe(
      'https://provider.test/gui/evil.example.com',
    )
  })

  test.each([
    'http://evil.example.com/',
    'https://www.evil.example.com/',
    'http://EVIL.example.com.:8080/x',
    'http://203.0.113.7/',
    'http://3405803783/',
    'http://0xcb007107/',
    'http://[2001:0db8:0:0::1]/',
    'https://mail.example.net',
    'https://user:word@provider.test/',
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://provider.test/',
    '/relative',
    'not a link',
  ])('refuses %s', (url) => {
    expect(safeHref(url, tested)).toBeUndefined()
  })
})
