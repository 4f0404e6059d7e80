import { expect, test } from 'vitest'
import { decide, type PolicyQuestion } from '../../../backend/enrichment/policy/decide.ts'
import { paps, tlps } from '../../../backend/sources/index.ts'

const source = (change: Partial<PolicyQuestion['source']> = {}): PolicyQuestion['source'] => ({
  slug: 's',
  name: 'S',
  enabled: true,
  provider: { id: 'p', slug: 'p', name: 'P', enabled: true },
  disabledKinds: [],
  exposure: 'passive',
  maximumTlp: 'AMBER',
  maximumPap: 'AMBER',
  notReady: null,
  ...change,
})

const question = (change: Partial<PolicyQuestion> = {}): PolicyQuestion => ({
  indicator: { kind: 'ipv4', value: '8.8.8.8' },
  source: source(),
  tlp: 'CLEAR',
  pap: 'CLEAR',
  ownAsset: null,
  ignored: null,
  ...change,
})

const codeOf = (change: Partial<PolicyQuestion>): string | undefined => decide(question(change))?.code

test('asks a ready source about a public value', () => {
  expect(decide(question())).toBeNull()
})

test('lets a value reach a source exactly up to its maximum TLP', () => {
  for (const maximumTlp of tlps) {
    const allowed = tlps.filter((tlp) => decide(question({ tlp, source: source({ maximumTlp }) })) === null)
    expect(allowed).toEqual(tlps.slice(0, tlps.indexOf(maximumTlp) + 1))
  }
})

test('lets a value reach a source exactly up to its maximum PAP', () => {
  for (const maximumPap of paps) {
    const allowed = paps.filter((pap) => decide(question({ pap, source: source({ maximumPap }) })) === null)
    expect(allowed).toEqual(paps.slice(0, paps.indexOf(maximumPap) + 1))
  }
})

test('a local source may see everything', () => {
  expect(
    decide(
      question({
        tlp: 'RED',
        pap: 'RED',
        ownAsset: { name: 'ours' },
        indicator: { kind: 'ipv4', value: '10.0.0.1' },
        source: source({ exposure: 'local', maximumTlp: 'RED', maximumPap: 'RED' }),
      }),
    ),
  ).toBeNull()
})

test.each([
  ['own asset', { ownAsset: { name: 'mail server' } }, 'own-asset'],
  ['private address', { indicator: { kind: 'ipv4', value: '172.16.3.4' } }, 'not-public'],
  ['unique local address', { indicator: { kind: 'ipv6', value: 'fd00::1' } }, 'not-public'],
  ['private network', { indicator: { kind: 'cidr', value: '10.0.0.0/8' } }, 'not-public'],
  ['URL on a private address', { indicator: { kind: 'url', value: 'http://192.168.1.1/x' } }, 'not-public'],
  ['internal name', { indicator: { kind: 'domain', value: 'db.corp.internal' } }, 'not-public'],
  ['mail at an internal name', { indicator: { kind: 'email', value: 'root@mail.local' } }, 'not-public'],
  ['ignored value', { ignored: { id: 'i', value: '8.8.8.8', reason: 'ours' } }, 'ignored'],
  [
    'switched off provider',
    { source: source({ provider: { id: 'p', slug: 'p', name: 'P', enabled: false } }) },
    'provider-disabled',
  ],
  ['switched off source', { source: source({ enabled: false }) }, 'source-disabled'],
  ['switched off kind', { source: source({ disabledKinds: ['ipv4'] }) }, 'kind-disabled'],
  [
    'source without its key',
    { source: source({ notReady: { code: 'secret-missing', detail: 'needs a key' } }) },
    'secret-missing',
  ],
] satisfies [string, Partial<PolicyQuestion>, string][])('refuses: %s', (_name, change, code) => {
  expect(codeOf(change)).toBe(code)
})

test('what protects the value is said before what merely prevents the call', () => {
  expect(
    codeOf({ tlp: 'RED', source: source({ enabled: false, notReady: { code: 'secret-missing', detail: '' } }) }),
  ).toBe('tlp-too-high')
})
