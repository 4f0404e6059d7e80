import { splitRange4, splitRange6 } from '../split-range.ts'

/**
 * Reads the lines "start,end,rest" of an ip-location-db `-num.csv` file, where start and end are decimal numbers and inclusive.
 * Yields one pair of CIDR and `rest` for each network of each range.
 */
export function* readRanges(csv: string, family: 4 | 6): Generator<{ cidr: string; rest: string }> {
  for (const line of eachLine(csv)) {
    const first = line.indexOf(',')
    const second = line.indexOf(',', first + 1)
    if (second < 0) continue
    const start = line.slice(0, first)
    const end = line.slice(first + 1, second)
    const rest = line.slice(second + 1)
    const cidrs = family === 4 ? splitRange4(Number(start), Number(end)) : splitRange6(BigInt(start), BigInt(end))
    for (const cidr of cidrs) yield { cidr, rest }
  }
}

/** Without an array of all lines: the files have up to 24 MB. */
export function* eachLine(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    if (line !== '') yield line.endsWith('\r') ? line.slice(0, -1) : line
    if (end < 0) return
    at = end + 1
  }
}

/** The text of one CSV field: outer quotes removed, doubled quotes single. */
export function unquote(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field
}
