import { describe, expect, it } from 'vitest'
import { extractIndicators } from '../../../backend/indicators/index.ts'
import type { ExtractionOptions } from '../../../backend/indicators/index.ts'

function found(text: string, options?: ExtractionOptions): string[] {
  return extractIndicators(text, options).indicators.map(({ kind, value }) => `${kind} ${value}`)
}

function refusals(text: string): string[] {
  return extractIndicators(text).rejected.map((candidate) => `${candidate.code} ${candidate.text}`)
}

describe('extraction', () => {
  it('merges spellings of one value and keeps every place in the original text', () => {
    const text = 'See evil[.]com, then EVIL.COM and evil (dot) com.'
    const { indicators } = extractIndicators(text)
    expect(indicators).toHaveLength(1)
    expect(indicators[0]).toMatchObject({ kind: 'domain', value: 'evil.com', count: 3 })
    expect(indicators[0]?.spans.map((span) => text.slice(span.start, span.end))).toEqual([
      'evil[.]com',
      'EVIL.COM',
      'evil (dot) com',
    ])
  })

  it('lists indicators in the order of first appearance', () => {
    expect(found('b@evil.com 9.9.9.9 CVE-2021-44228 9.9.9.9')).toEqual([
      'email b@evil.com',
      'ipv4 9.9.9.9',
      'cve CVE-2021-44228',
    ])
  })

  it('gives a URL without its host, and with it when asked', () => {
    expect(found('hxxp://evil[.]com/a')).toEqual(['url http://evil.com/a'])
    expect(found('hxxp://evil[.]com/a', { hosts: true })).toEqual(['url http://evil.com/a', 'domain evil.com'])
  })

  it('finds both MAC addresses in the Ethernet header of a packet log, and none in a longer identifier', () => {
    expect(found('OUT= MAC=52:54:00:12:34:56:52:54:00:ab:cd:ef:08:00 SRC=9.9.9.9')).toEqual([
      'mac 52:54:00:12:34:56',
      'mac 52:54:00:ab:cd:ef',
      'ipv4 9.9.9.9',
    ])
    expect(found('guid 00:02:c9:03:00:1f:a5:01')).toEqual([])
    expect(refusals('guid 00:02:c9:03:00:1f:a5:01')).toEqual(['identifier 00:02:c9:03:00:1f:a5:01'])
  })

  it('takes a network for one, also behind the number of a section', () => {
    expect(found('section 1.2.3.4, and 10.0.0.0/8')).toEqual(['cidr 10.0.0.0/8'])
    expect(found('versions 5.1.0.2 to 5.1.0.9')).toEqual([])
  })

  it('takes a path of the system for a file, and what a site is asked for for none', () => {
    expect(found('The shell lies at path /var/www/html/shell.php, it says')).toEqual([
      'file-path /var/www/html/shell.php',
    ])
    expect(found('GET /var/www/html/shell.php HTTP/1.1 and path /data/login')).toEqual([])
  })

  it('keeps to the kinds asked for', () => {
    expect(found('evil.com 9.9.9.9', { kinds: ['ipv4'] })).toEqual(['ipv4 9.9.9.9'])
  })

  it('finds user agents only when they are asked for', () => {
    const text = 'User-Agent: EvilBot/1.0 (x)\r\nHost: evil.com'
    expect(found(text)).toEqual(['domain evil.com'])
    expect(found(text, { kinds: ['user-agent'] })).toEqual(['user-agent EvilBot/1.0 (x)'])
  })

  it('says so when the limit cut the list', () => {
    expect(extractIndicators('1.1.1.1 8.8.8.8 1.1.1.1', { maxIndicators: 1 })).toMatchObject({
      truncated: true,
      indicators: [{ value: '1.1.1.1', count: 2 }],
    })
  })
})

describe('rejected candidates', () => {
  it.each([
    ['version 1.2.3.4', 'version-number 1.2.3.4'],
    ['Chrome/120.0.0.1', 'version-number 120.0.0.1'],
    ['OID 1.3.6.1.4.1', 'object-identifier 1.3.6.1.4.1'],
    ['mask 255.255.255.0', 'netmask 255.255.255.0'],
    ['300.2.3.4', 'out-of-range 300.2.3.4'],
    ['see setup.py', 'file-name setup.py'],
    ['see README.md', 'file-name README.md'],
    ['main.rs', 'file-name main.rs'],
    ['com.example.app', 'package-name com.example.app'],
    ['notes.txt', 'no-public-suffix notes.txt'],
    ['the end.It was', 'sentence end.It'],
    ['window.open(x)', 'code window.open'],
    ['Message-ID: <a1@mail.evil.com>', 'message-id a1@mail.evil.com'],
    ['@bob@infosec.exchange', 'handle bob@infosec.exchange'],
    ['http://localhost:3000/x', 'local-host http://localhost:3000/x'],
    ['trace_id=44d88612fea8a8f36de82e1278abb02f', 'identifier 44d88612fea8a8f36de82e1278abb02f'],
    ['commit 3395856ce81f2b7382dee72602f798b642f14140', 'git-object 3395856ce81f2b7382dee72602f798b642f14140'],
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD', 'bad-checksum 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD'],
  ])('lists %j as %s and extracts nothing', (text, refusal) => {
    expect(refusals(text)).toContain(refusal)
    expect(found(text)).toEqual([])
  })

  it.each([
    ['evil[.]sh', 'domain evil.sh'],
    ['www.evil.zip', 'domain www.evil.zip'],
    ['http://evil.py/a', 'url http://evil.py/a'],
    ['domain: evil.md', 'domain evil.md'],
  ])('takes %j although its ending is that of a file', (text, indicator) => {
    expect(found(text)).toEqual([indicator])
  })

  it.each([
    '550e8400-e29b-41d4-a716-446655440000',
    '2023-01-05 12:34:56.789',
    '12:34',
    'std::vector',
    'a '.repeat(40),
    '1.2.3',
    'f'.repeat(33),
    '192.168.1',
  ])('finds nothing in %j', (text) => {
    expect(found(text)).toEqual([])
  })
})

describe('formats', () => {
  it('joins the soft line breaks of quoted-printable mail', () => {
    const text = 'Content-Transfer-Encoding: quoted-printable\r\n\r\nhttp://evil.com/a=\r\n/b?x=3D1'
    const { indicators } = extractIndicators(text)
    expect(indicators[0]).toMatchObject({ value: 'http://evil.com/a/b?x=1' })
    expect(indicators[0]?.spans[0]?.text).toBe('http://evil.com/a=\r\n/b?x=3D1')
  })

  it('reads JSON escapes', () => {
    expect(found('{"u":"http:\\/\\/evil.com\\/a?b=1\\u0026c=2","t":"x\\n9.9.9.9\\nhttp:\\/\\/b.evil.com"}')).toEqual([
      'url http://evil.com/a?b=1&c=2',
      'ipv4 9.9.9.9',
      'url http://b.evil.com',
    ])
  })

  it('reads HTML attributes, entities and tags inside a name', () => {
    expect(found('<a href="http://evil.com/?a=1&amp;b=2">x</a> evil<wbr>-two.com 1&#46;2.3.5')).toEqual([
      'url http://evil.com/?a=1&b=2',
      'domain evil-two.com',
      'ipv4 1.2.3.5',
    ])
  })

  it('ends a URL at the comma of a CSV row', () => {
    expect(found('2023,http://evil.com/a,9.9.9.9,malware')).toEqual(['url http://evil.com/a', 'ipv4 9.9.9.9'])
  })
})
