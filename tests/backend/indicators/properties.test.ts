import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  INDICATOR_KINDS,
  canonicalize,
  defang,
  detectIndicator,
  extractIndicators,
  kinds,
  refang,
} from '../../../backend/indicators/index.ts'
import type { Indicator, IndicatorKind } from '../../../backend/indicators/index.ts'

const hex = (digits: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits })
    .map((text) => `a1${text.slice(2)}`)
const label = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 3, maxLength: 12 })
const domain = fc
  .tuple(label, label, fc.constantFrom('com', 'net', 'org', 'ru'))
  .map(([a, b, ending]) => `${a}.${b}.${ending}`)
const octet = fc.integer({ min: 1, max: 223 })
const ipv4 = fc
  .tuple(octet, octet, octet, octet)
  .map((octets) => octets.join('.'))
  .filter((text) => !text.startsWith('1.3.6.1') && !text.startsWith('2.5.'))

/** Values of the kinds whose text carries no checksum; the others are taken from the table of kinds. */
const VALUES: Partial<Record<IndicatorKind, fc.Arbitrary<string>>> = {
  ipv4,
  ipv6: fc.tuple(hex(4), hex(4)).map(([a, b]) => `2a0b:${a}:${b}::${b}`),
  cidr: fc
    .tuple(ipv4, fc.integer({ min: 8, max: 32 }))
    .map(([address, prefix]) => canonicalize('cidr', `${address}/${prefix}`) ?? ''),
  domain,
  url: fc
    .tuple(fc.constantFrom('http', 'https', 'ftp'), domain, label)
    .map(([scheme, host, path]) => `${scheme}://${host}/${path}.php?x=${path}`),
  email: fc.tuple(label, domain).map(([local, host]) => `${local}@${host}`),
  md5: hex(32),
  sha1: hex(40),
  sha256: hex(64),
  sha512: hex(128),
  cve: fc
    .tuple(fc.integer({ min: 1999, max: 2030 }), fc.integer({ min: 1000, max: 999999 }))
    .map(([year, number]) => `CVE-${year}-${number}`),
  asn: fc.integer({ min: 1000, max: 4294967295 }).map((number) => `AS${number}`),
  mac: fc.tuple(hex(4), hex(4), hex(4)).map((parts) => parts.join('').replace(/(..)(?=.)/g, '$1:')),
}

const indicator: fc.Arbitrary<Indicator> = fc
  .constantFrom(...INDICATOR_KINDS)
  .filter((kind) => kind !== 'user-agent' && kind !== 'ja3')
  .chain((kind) =>
    (VALUES[kind] ?? fc.constant(kinds[kind].example)).map((value) => ({
      kind,
      value: canonicalize(kind, value) ?? value,
    })),
  )

const messy = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...'ab01.:@/\\[]()<>&;=%+-_ \n"\'#{}|,*~$。．é中'), maxLength: 300 }),
)

describe('for every indicator', () => {
  it('extraction finds it again in prose, plain and defanged', () => {
    fc.assert(
      fc.property(indicator, (one) => {
        for (const text of [`We saw ${one.value} today.`, `We saw ${defang(one)} today.`]) {
          expect(extractIndicators(text).indicators.map(({ kind, value }) => ({ kind, value }))).toEqual([one])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('detection reads its defanged form back', () => {
    fc.assert(
      fc.property(indicator, (one) => {
        expect(detectIndicator(defang(one))).toMatchObject({ ok: true, indicator: one })
      }),
    )
  })

  it('the canonical form is its own canonical form', () => {
    fc.assert(
      fc.property(indicator, ({ kind, value }) => {
        expect(canonicalize(kind, value)).toBe(value)
      }),
    )
  })
})

describe('for every list of indicators', () => {
  it('extraction finds each, merges equal ones and keeps their order', () => {
    fc.assert(
      fc.property(
        fc.array(indicator, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', ', ', ' and ', ' | ', '\t'),
        (list, separator) => {
          const keys = list.map(({ kind, value }) => `${kind} ${value}`)
          const { indicators } = extractIndicators(list.map(defang).join(separator))
          expect(indicators.map(({ kind, value }) => `${kind} ${value}`)).toEqual([...new Set(keys)])
          expect(indicators.map(({ count }) => count).reduce((a, b) => a + b)).toBe(list.length)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('for every text', () => {
  it('nothing throws, and spans are slices of the text in order and without overlap', () => {
    fc.assert(
      fc.property(messy, (text) => {
        refang(text)
        detectIndicator(text)
        for (const { spans, count } of extractIndicators(text).indicators) {
          expect(spans).toHaveLength(count)
          let last = 0
          for (const span of spans) {
            expect(span.start).toBeGreaterThanOrEqual(last)
            expect(span.text).toBe(text.slice(span.start, span.end))
            expect(span.text.length).toBeGreaterThan(0)
            last = span.end
          }
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('what stands at a span is detected as the same value', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(indicator.map(defang), messy), { maxLength: 8 }), (parts) => {
        for (const { kind, value, spans } of extractIndicators(parts.join(' '), { format: 'text' }).indicators) {
          for (const { text } of spans)
            if (!/[\\&=<]/.test(text))
              expect(detectIndicator(text, kind)).toMatchObject({ ok: true, indicator: { value } })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('values are canonical', () => {
    fc.assert(
      fc.property(messy, (text) => {
        for (const { kind, value } of extractIndicators(text).indicators) expect(canonicalize(kind, value)).toBe(value)
      }),
      { numRuns: 2000 },
    )
  })
})
