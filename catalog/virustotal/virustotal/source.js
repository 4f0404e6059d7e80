const paths = {
  ipv4: 'ip_addresses',
  ipv6: 'ip_addresses',
  domain: 'domains',
  url: 'urls',
  md5: 'files',
  sha1: 'files',
  sha256: 'files',
}
const pages = {
  ipv4: 'ip-address',
  ipv6: 'ip-address',
  domain: 'domain',
  url: 'url',
  md5: 'file',
  sha1: 'file',
  sha256: 'file',
}

// Looks up what is there already: https://docs.virustotal.com/reference/ip-info and its siblings. Never submits.
export async function fetchData(indicator, ctx) {
  const id = indicator.kind === 'url' ? urlId(indicator.value) : indicator.value
  const response = await ctx.fetch(`${ctx.config.baseUrl}/api/v3/${paths[indicator.kind]}/${id}`, {
    headers: { accept: 'application/json' },
  })
  if (response.status === 404) return null
  const attributes = (await readJson(response))?.data?.attributes
  const stats = attributes?.last_analysis_stats
  if (!stats) throw new SourceError('provider-error', 'VirusTotal answered no analysis')
  const engines = stats.malicious + stats.suspicious + stats.harmless + stats.undetected
  // Known to VirusTotal but never analysed: it says nothing.
  if (engines === 0) return null
  return {
    ...weigh(stats, engines),
    says: `${stats.malicious} of ${engines} engines say malicious`,
    summary: `${stats.malicious} of ${engines} engines say malicious${label(attributes)}`,
    facts: describe(stats, attributes),
    tags: attributes.tags ?? [],
    links: [{ title: 'VirusTotal', url: `https://www.virustotal.com/gui/${pages[indicator.kind]}/${id}` }],
    raw: attributes,
    ...(attributes.last_analysis_date && { observedAt: isoDate(attributes.last_analysis_date) }),
  }
}

// One or two engines are often wrong, five seldom. No detection is no proof: then there is no verdict.
function weigh({ malicious, suspicious }, engines) {
  const share = malicious / engines
  if (malicious >= 5)
    return {
      verdict: 'malicious',
      score: Math.min(100, Math.round(70 + share * 100)),
      confidence: Math.min(95, 60 + malicious * 2),
    }
  if (malicious >= 2) return { verdict: 'suspicious', score: 45 + malicious * 5, confidence: 50 }
  if (malicious + suspicious >= 1) return { verdict: 'suspicious', score: 30, confidence: 30 }
  return {}
}

function label(attributes) {
  const threat = attributes.popular_threat_classification?.suggested_threat_label
  return threat ? ` (${threat})` : ''
}

function describe(stats, attributes) {
  const facts = [
    ['malicious', stats.malicious],
    ['suspicious', stats.suspicious],
    ['harmless', stats.harmless],
    ['undetected', stats.undetected],
    ['reputation among members', attributes.reputation],
    ['threat', attributes.popular_threat_classification?.suggested_threat_label],
    ['name', attributes.meaningful_name],
    ['type', attributes.type_description],
    ['size in bytes', attributes.size],
    ['title of the page', attributes.title],
    ['registrar', attributes.registrar],
    ['owner of the network', attributes.as_owner],
    ['autonomous system', attributes.asn && `AS${attributes.asn}`, 'asn'],
    ['country', attributes.country],
    ['first submitted', attributes.first_submission_date && isoDate(attributes.first_submission_date)],
    ['MD5', attributes.md5, 'md5'],
    ['SHA-1', attributes.sha1, 'sha1'],
    ['SHA-256', attributes.sha256, 'sha256'],
  ]
  return facts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value, kind]) => (kind ? { name, value, kind } : { name, value }))
}

// https://docs.virustotal.com/reference/url#url-identifiers: base64url of the URL, without padding.
function urlId(url) {
  const bytes = new TextEncoder().encode(url)
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function isoDate(seconds) {
  return new Date(seconds * 1000).toISOString()
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `VirusTotal refused the request (${response.status}): check the API key`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'VirusTotal asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `VirusTotal answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'VirusTotal answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
