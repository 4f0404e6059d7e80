/** A rough extraction, good enough to feed the client; the real one is the backend's and is tested there. */

const patterns: [string, RegExp][] = [
  ['url', /\bh(?:tt|xx)ps?:\/\/[^\s<>"]+/gi],
  ['email', /[\w.+-]+(?:@|\[@\])[\w-]+(?:(?:\.|\[\.\])[\w-]+)+/g],
  ['cve', /CVE-\d{4}-\d{4,}/gi],
  ['asn', /\bAS\d{1,10}\b/g],
  ['sha256', /\b[0-9a-f]{64}\b/gi],
  ['md5', /\b[0-9a-f]{32}\b/gi],
  ['ipv4', /\b\d{1,3}(?:(?:\.|\[\.\])\d{1,3}){3,}\b/g],
  ['file-path', /\b[A-Z]:\\[^\s]+/g],
  ['domain', /\b(?:[a-z0-9-]+(?:\.|\[\.\]))+(?:com|net|org|invalid|example|io|bad)\b/gi],
]

const refang = (text: string) =>
  text.replaceAll('[.]', '.').replaceAll('[:]', ':').replaceAll('[@]', '@').replace(/^hxxp/i, 'http')

export function defang(value: string, kind: string): string {
  const lastDot = (text: string) => text.replace(/\.(?=[^.]*$)/, '[.]')
  if (kind === 'url') {
    const parts = /^http(s?):\/\/([^/]+)(.*)$/.exec(value)
    return parts ? `hxxp${parts[1]}[:]//${lastDot(parts[2] ?? '')}${parts[3]}` : value
  }
  return ['ipv4', 'domain', 'email'].includes(kind) ? lastDot(value).replace('@', '[@]') : value
}

export function extract(text: string) {
  const found = new Map<
    string,
    {
      kind: string
      value: string
      defanged: string
      count: number
      spans: { start: number; end: number; text: string }[]
    }
  >()
  const rejected: { text: string; kind: string; code: string; reason: string; start: number; end: number }[] = []
  let rest = text
  for (const [kind, pattern] of patterns) {
    rest = rest.replace(pattern, (match: string, ...more: unknown[]) => {
      const start = more.find((value) => typeof value === 'number') as number
      const value = refang(match.replace(/[.,;)]+$/, ''))
      const span = { start, end: start + match.length, text: match }
      if (kind === 'ipv4' && (value.split('.').length !== 4 || value.split('.').some((part) => Number(part) > 255))) {
        rejected.push({
          text: match,
          kind,
          code: 'not-an-address',
          reason: 'An IPv4 address has four parts of 0 to 255.',
          start,
          end: span.end,
        })
      } else {
        const key = `${kind} ${value}`
        const entry = found.get(key) ?? { kind, value, defanged: defang(value, kind), count: 0, spans: [] }
        entry.count += 1
        entry.spans.push(span)
        found.set(key, entry)
      }
      return ' '.repeat(match.length)
    })
  }
  return { indicators: [...found.values()], rejected }
}
