import { describe, expect, test } from 'vitest'
import { parseList } from '../../../../backend/sources/datasets/parse-list.ts'

describe('an own list', () => {
  test('has one key a line, with comments, empty lines and any line end', () => {
    const { rows, rejected } = parseList(
      '\uFEFF# our ranges\r\n192.0.2.0/24 # office\n\n198.51.100.7\r2001:DB8::/32\n',
      'cidr',
    )
    expect(rows).toEqual([
      { key: '192.0.2.0/24', value: {} },
      { key: '198.51.100.7/32', value: {} },
      { key: '2001:db8::/32', value: {} },
    ])
    expect(rejected).toEqual([])
  })

  test('takes defanged values', () => {
    expect(parseList('evil[.]example[.]com\nhxxps://evil.example.com/x', 'exact').rows).toEqual([
      { key: 'evil.example.com', value: {} },
      { key: 'https://evil.example.com/x', value: {} },
    ])
  })

  test('may be CSV with a header, quotes, label, verdict and note', () => {
    const text =
      'key,label,verdict,note\nevil.example.com,"Campaign ""7"", old",Malicious,see INC-1\n*.partner.example.com,,benign\n'
    expect(parseList(text, 'suffix').rows).toEqual([
      { key: 'evil.example.com', value: { label: 'Campaign "7", old', verdict: 'malicious', note: 'see INC-1' } },
      { key: 'partner.example.com', value: { verdict: 'benign' } },
    ])
  })

  test('keeps the last of two lines with one key', () => {
    expect(parseList('192.0.2.1,old\n192.0.2.1,new', 'cidr').rows).toEqual([
      { key: '192.0.2.1/32', value: { label: 'new' } },
    ])
  })

  test('names the line and the reason of what cannot be read', () => {
    const { rows, rejected } = parseList('192.0.2.1\n999.1.1.1\nexample.com\n192.0.2.2,x,evil', 'cidr')
    expect(rows).toHaveLength(1)
    expect(rejected.map(({ line, text }) => [line, text])).toEqual([
      [2, '999.1.1.1'],
      [3, 'example.com'],
      [4, '192.0.2.2,x,evil'],
    ])
    expect(rejected[1]?.reason).toContain('addresses and networks')
    expect(rejected[2]?.reason).toContain('"evil" is no verdict')
  })

  test('of domains refuses addresses', () => {
    expect(parseList('192.0.2.1', 'suffix').rejected[0]?.reason).toContain('domains')
  })

  test('does not take the fragment of a URL for a comment', () => {
    expect(parseList('https://example.com/a#b', 'exact').rows).toHaveLength(1)
  })
})
