export async function fetchData(indicator, ctx) {
  const response = await ctx.fetch(`${ctx.config.baseUrl}/lookup/${indicator.kind}/${indicator.value}`, {
    headers: { accept: 'application/json' },
  })
  if (response.status === 404) return null
  const record = await readJson(response)
  if (!record || !(record['SHA-1'] ?? record.MD5 ?? record['SHA-256']))
    throw new SourceError('provider-error', 'hashlookup answered no record')
  const trust = record['hashlookup:trust']
  const product = record.ProductCode?.ProductName ?? record.PackageName
  const facts = [
    ['file name', record.FileName],
    ['product', product],
    ['maker', record.ProductCode?.MfgCode ?? record.PackageMaintainer],
    ['listed by', record.source],
    ['trust', trust],
    ['known malicious by', record.KnownMalicious],
    ['size in bytes', record.FileSize && Number(record.FileSize)],
    ['MD5', record.MD5?.toLowerCase(), 'md5'],
    ['SHA-1', record['SHA-1']?.toLowerCase(), 'sha1'],
    ['SHA-256', record['SHA-256']?.toLowerCase(), 'sha256'],
  ]
  return {
    ...weigh(record.KnownMalicious, trust),
    says: record.KnownMalicious ? `known malicious (${record.KnownMalicious})` : `trust ${trust ?? 'not given'}`,
    summary: record.KnownMalicious
      ? `Known malicious: ${record.KnownMalicious}`
      : `File of known software${product ? `: ${product}` : ''}`,
    facts: facts
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value, kind]) => (kind ? { name, value, kind } : { name, value })),
    tags: record.KnownMalicious ? ['known-malicious'] : ['known-software'],
    links: [{ title: 'CIRCL hashlookup', url: 'https://www.circl.lu/services/hashlookup/' }],
    raw: record,
  }
}

// "hashlookup:trust" runs from 0 to 100 with 50 as unknown: more sources of good standing raise it. Known software may be misused.
function weigh(malicious, trust) {
  if (malicious) return { verdict: 'malicious', score: 85, confidence: 75 }
  return trust > 50 ? { verdict: 'benign', score: 0, confidence: Math.min(trust, 90) } : {}
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `hashlookup refused the request (${response.status})`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'hashlookup asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `hashlookup answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'hashlookup answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
