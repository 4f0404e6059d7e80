import { describe, expect, it } from 'vitest'
import { lookupKeys, type Indicator } from '../../../../backend/indicators/index.ts'
import { canonicalIgnoreValue } from '../../../../backend/sources/ignore-lists/canonical-value.ts'
import type { IgnoreEntry } from '../../../../backend/sources/ignore-lists/ignore-entry.ts'
import { findIgnoreEntry, indexIgnoreEntries } from '../../../../backend/sources/ignore-lists/ignore-index.ts'

const source = { sourceId: 'source-1', providerId: 'provider-1', path: ['child', 'root'] }

function entry(match: IgnoreEntry['match'], text: string, more: Partial<IgnoreEntry> = {}): IgnoreEntry {
  const canonical = canonicalIgnoreValue(match, text)
  if (!canonical.ok) throw new Error(canonical.message)
  return {
    id: text,
    scope: 'global',
    targetId: null,
    match,
    value: canonical.value,
    reason: 'ours',
    expiresAtMs: null,
    organizationId: 'root',
    ...more,
  }
}

const hit = (entries: IgnoreEntry[], kind: Indicator['kind'], value: string, nowMs = 0) =>
  findIgnoreEntry(indexIgnoreEntries(entries), lookupKeys({ kind, value }), source, nowMs)?.id

describe('an ignore list', () => {
  it('holds in its organization and below, nowhere else', () => {
    const of = (organizationId: string) => [entry('exact', 'example.com', { organizationId })]
    expect(hit(of('root'), 'domain', 'example.com')).toBe('example.com')
    expect(hit(of('child'), 'domain', 'example.com')).toBe('example.com')
    expect(hit(of('a sister'), 'domain', 'example.com')).toBeUndefined()
  })

  it('matches exact values, however they were written', () => {
    const entries = [entry('exact', 'hxxps://Example[.]com/a'), entry('exact', '2001:DB8:0:0::1')]
    expect(hit(entries, 'url', 'https://example.com/a')).toBe('hxxps://Example[.]com/a')
    expect(hit(entries, 'ipv6', '2001:db8::1')).toBe('2001:DB8:0:0::1')
    expect(hit(entries, 'domain', 'example.com')).toBeUndefined()
  })

  it('matches every address of a network, also within a URL', () => {
    const entries = [entry('cidr', '10.1.2.3/8'), entry('cidr', '192.0.2.7'), entry('cidr', '2001:db8::/32')]
    expect(hit(entries, 'ipv4', '10.200.0.1')).toBe('10.1.2.3/8')
    expect(hit(entries, 'ipv4', '11.0.0.1')).toBeUndefined()
    expect(hit(entries, 'ipv4', '192.0.2.7')).toBe('192.0.2.7')
    expect(hit(entries, 'ipv4', '192.0.2.8')).toBeUndefined()
    expect(hit(entries, 'ipv6', '2001:db8:1::9')).toBe('2001:db8::/32')
    expect(hit(entries, 'url', 'http://10.9.9.9/x')).toBe('10.1.2.3/8')
  })

  it('matches a domain and all names below it, also in URLs and e-mail addresses', () => {
    const entries = [entry('suffix', '*.Corp.example')]
    for (const [kind, value] of [
      ['domain', 'corp.example'],
      ['domain', 'a.b.corp.example'],
      ['email', 'x@corp.example'],
      ['url', 'https://www.corp.example/'],
    ] as const) {
      expect(hit(entries, kind, value)).toBe('*.Corp.example')
    }
    expect(hit(entries, 'domain', 'notcorp.example')).toBeUndefined()
  })

  it('of a provider or source holds there alone', () => {
    const here = [entry('exact', '192.0.2.1', { scope: 'source', targetId: 'source-1' })]
    const elsewhere = [
      entry('exact', '192.0.2.1', { scope: 'source', targetId: 'source-2' }),
      entry('exact', '192.0.2.1', { scope: 'provider', targetId: 'source-1' }),
    ]
    expect(hit(here, 'ipv4', '192.0.2.1')).toBe('192.0.2.1')
    expect(hit(elsewhere, 'ipv4', '192.0.2.1')).toBeUndefined()
    expect(hit([entry('exact', '192.0.2.1', { scope: 'provider', targetId: 'provider-1' })], 'ipv4', '192.0.2.1')).toBe(
      '192.0.2.1',
    )
  })

  it('forgets an entry when it expires', () => {
    const entries = [entry('exact', '192.0.2.1', { expiresAtMs: 1_000 })]
    expect(hit(entries, 'ipv4', '192.0.2.1', 999)).toBe('192.0.2.1')
    expect(hit(entries, 'ipv4', '192.0.2.1', 1_000)).toBeUndefined()
  })

  it.each([
    ['cidr', '10.0.0.0/33'],
    ['cidr', 'example.com'],
    ['suffix', '10.0.0.1'],
    ['suffix', 'no domain'],
    ['exact', '???'],
  ] as const)('refuses %s %s', (match, text) =>
    expect(canonicalIgnoreValue(match, text)).toMatchObject({ ok: false, fix: expect.any(String) }),
  )
})
