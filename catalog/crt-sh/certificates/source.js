const shown = 25

export async function fetchData(indicator, ctx) {
  const query = new URLSearchParams({ q: indicator.value, output: 'json', exclude: 'expired' })
  const response = await ctx.fetch(`${ctx.config.baseUrl}/?${query}`, { headers: { accept: 'application/json' } })
  if (response.status === 404) return null
  const certificates = await readJson(response)
  const isList =
    Array.isArray(certificates) && certificates.every((certificate) => typeof certificate?.name_value === 'string')
  if (!isList) throw new SourceError('provider-error', 'crt.sh answered no list')
  if (certificates.length === 0) return null
  // name_value holds all names of a certificate, one a line. A log entry and its certificate both appear.
  const names = [...new Set(certificates.flatMap(({ name_value }) => name_value.toLowerCase().split('\n')))].sort()
  const issuers = [...new Set(certificates.map(({ issuer_name }) => organization(issuer_name)))].sort()
  const first = certificates.map(({ not_before }) => not_before).sort()[0]
  return {
    summary: `${names.length} names in ${certificates.length} valid certificates, the oldest of ${first.slice(0, 10)}`,
    facts: [
      { name: 'valid certificates', value: certificates.length },
      { name: 'oldest valid from', value: first },
      { name: 'issuers', value: issuers.join(', ') },
      ...names
        .slice(0, shown)
        .map((value) => (value.startsWith('*.') ? { name: 'name', value } : { name: 'name', value, kind: 'domain' })),
    ],
    tags: names.length > shown ? ['more-names'] : [],
    links: [{ title: 'crt.sh', url: `https://crt.sh/?q=${indicator.value}` }],
    raw: { names },
  }
}

// "C=US, O=Let's Encrypt, CN=R3" → "Let's Encrypt"
function organization(issuer) {
  return issuer.match(/O="?([^",]+)/)?.[1] ?? issuer
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `crt.sh refused the request (${response.status})`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'crt.sh asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `crt.sh answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'crt.sh answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
