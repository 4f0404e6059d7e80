import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

// The kit's URL against Node's own. It runs here without its isolate: language only, nothing of the host is in it.
const part = (name: string) =>
  readFileSync(new URL(`../../../runners/javascript/kit/${name}.js`, import.meta.url), 'utf8')
const kit = runInContext(
  `(() => { 'use strict'; ${['encoding', 'punycode', 'url'].map(part).join('\n')}; return { URL, URLSearchParams, TextEncoder, TextDecoder, atob, btoa } })()`,
  createContext({}),
) as {
  URL: typeof URL
  URLSearchParams: typeof URLSearchParams
  TextEncoder: typeof TextEncoder
  TextDecoder: typeof TextDecoder
  atob: typeof atob
  btoa: typeof btoa
}

const FIELDS = [
  'href',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'origin',
  'pathname',
  'search',
  'hash',
] as const
const fields = (make: () => URL) => {
  try {
    const url = make()
    return Object.fromEntries(FIELDS.map((field) => [field, url[field]]))
  } catch {
    return 'invalid'
  }
}
const same = (input: string, base?: string): void => {
  expect(
    fields(() => new kit.URL(input, base)),
    input,
  ).toEqual(fields(() => new URL(input, base)))
}

describe("the kit's URL agrees with Node", () => {
  it.each([
    'http://example.com',
    'HTTPS://User:Pa%20ss@EXAMPLE.com:443/a/../b/./c?x=1&y=ä#f g',
    'http://example.com:8080/%7Efoo/%2e%2e/bar',
    'http://a//b///c',
    'http://münchen.de/ä?ö#ü',
    'http://xn--mnchen-3ya.de/',
    'http://1.2.3',
    'http://0x7f.1',
    'http://256.1.1.1',
    'http://1.2.3.4.5',
    'http://[::1]:80/',
    'http://[1:2::3:4.5.6.7]/',
    'http://[::1',
    'http://a b/',
    'http://',
    'http:///x',
    'http:example.com',
    'http:\\\\a\\b',
    '//x',
    'x',
    '',
    'mailto:a@b.c?subject=x',
    'data:text/plain,a b',
    'javascript:alert(1)',
    'http://a:99999/',
    'http://a:/',
    'http://a?b',
    'http://a#b',
    'http://a/?',
    'http://a/#',
    ' http://a/ ',
    'http://a/\tb\nc',
    'http://a/%',
    'http://a/%zz',
    'http://a\'b/"<>`{}|^',
    'http://a/?q=\'"<>`{}|^',
    'ws://x/y',
    'http://faß.de',
    'http://日本語。jp',
    'http://-a-.b_c/',
    'http://a.b./',
    'http://user@/',
    'http://@a/',
    'http://a@b@c/',
    'http://0/',
    'http://4294967296/',
    'http://1e3/',
    'http://[::ffff:1.2.3.4]/',
    'https://hxxp.test:0443/',
  ])('%j', (input) => same(input))

  it.each([
    ['../x', 'http://a/b/c/d?e#f'],
    ['?q', 'http://a/b?c#d'],
    ['#h', 'http://a/b?c#d'],
    ['', 'http://a/b?c#d'],
    ['//h/x', 'https://a/b'],
    ['/x', 'http://u:p@a:1/b'],
    ['http:x', 'http://a/b/c'],
    ['./', 'http://a/b/c'],
    ['..', 'http://a/b/c/'],
    ['x', 'mailto:a'],
  ])('%j on %j', (input, base) => same(input, base))

  it('for addresses of the usual shape', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    const shape = fc.tuple(label, label, fc.nat(70_000), fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }))
    fc.assert(
      fc.property(shape, ([host, top, port, path, query]) =>
        same(`https://${host}.${top}:${port}/${path.replace(/[?#]/g, '')}?${query.replace('#', '')}`),
      ),
    )
  })

  it('for search parameters', () => {
    const pairs = fc.array(
      fc.tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 })),
    )
    fc.assert(
      fc.property(pairs, (list) => {
        const text = new URLSearchParams(list).toString()
        expect(new kit.URLSearchParams(list).toString()).toBe(text)
        expect([...new kit.URLSearchParams(text)].map((pair) => [...pair])).toEqual([...new URLSearchParams(text)])
      }),
    )
  })
})

describe("the kit's encodings agree with Node", () => {
  it('for text, bytes and base64', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect([...new kit.TextEncoder().encode(text)]).toEqual([...new TextEncoder().encode(text)])
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(new kit.TextDecoder().decode(bytes)).toBe(new TextDecoder().decode(bytes))
        const binary = String.fromCharCode(...bytes)
        expect(kit.btoa(binary)).toBe(btoa(binary))
        expect(kit.atob(btoa(binary))).toBe(binary)
      }),
    )
  })
})
