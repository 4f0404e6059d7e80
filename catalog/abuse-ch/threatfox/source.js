// https://threatfox.abuse.ch/api/; the host adds the Auth-Key header.
export async function fetchData(indicator, ctx) {
  const response = await ctx.fetch(`${ctx.config.baseUrl}/api/v1/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question(indicator)),
  })
  const answer = await readJson(response)
  switch (answer?.query_status) {
    case 'ok':
      return describe((answer.data ?? []).filter((entry) => isAbout(entry, indicator)))
    case 'no_result':
    case 'no_results':
      return null
    case 'unknown_auth_key':
      throw new SourceError('unauthorized', 'ThreatFox does not know the Auth-Key')
    default:
      throw new SourceError('provider-error', `ThreatFox answered ${answer?.query_status ?? 'no status'}`)
  }
}

function question({ kind, value }) {
  if (['md5', 'sha1', 'sha256'].includes(kind)) return { query: 'search_hash', hash: value }
  // Addresses are listed with a port, so an exact match would miss them.
  return { query: 'search_ioc', search_term: value, exact_match: kind !== 'ipv4' }
}

// The search for an address finds longer ones as well: 1.1.1.1 is part of 11.1.1.1.
function isAbout(entry, { kind, value }) {
  return kind !== 'ipv4' || entry.ioc === value || entry.ioc?.startsWith(`${value}:`)
}

function describe(entries) {
  if (entries.length === 0) return null
  const confidence = Math.max(...entries.map((entry) => Number(entry.confidence_level ?? 0)))
  const families = [...new Set(entries.map((entry) => entry.malware_printable).filter(Boolean))]
  const [latest] = entries
  // ThreatFox calls 75 "high"; below 50 a report is unconfirmed.
  const malicious = confidence >= 50
  return {
    verdict: malicious ? 'malicious' : 'suspicious',
    score: malicious ? Math.max(75, Math.min(confidence, 95)) : 50,
    confidence,
    says: `${latest.threat_type_desc ?? latest.threat_type}, confidence ${confidence} %`,
    summary: `${families.join(', ') || 'Malware'}: ${latest.threat_type}`,
    facts: entries.slice(0, 10).flatMap((entry) => [
      { name: 'indicator', value: entry.ioc },
      { name: 'malware', value: entry.malware_printable ?? 'unknown' },
      { name: 'first seen', value: entry.first_seen },
    ]),
    tags: [...new Set(entries.flatMap((entry) => entry.tags ?? []))],
    links: [{ title: 'ThreatFox', url: `https://threatfox.abuse.ch/ioc/${latest.id}/` }],
    raw: entries,
  }
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `ThreatFox refused the request (${response.status}): check the API key`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'ThreatFox asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `ThreatFox answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'ThreatFox answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
