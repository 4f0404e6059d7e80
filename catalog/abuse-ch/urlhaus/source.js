// https://urlhaus-api.abuse.ch/: each question is a form of one field; the host adds the Auth-Key header.
const questions = {
  url: ['url', 'url'],
  domain: ['host', 'host'],
  ipv4: ['host', 'host'],
  md5: ['payload', 'md5_hash'],
  sha256: ['payload', 'sha256_hash'],
}

export async function fetchData(indicator, ctx) {
  const [path, field] = questions[indicator.kind]
  const response = await ctx.fetch(`${ctx.config.baseUrl}/v1/${path}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ [field]: indicator.value }).toString(),
  })
  const record = await readJson(response)
  switch (record?.query_status) {
    case 'ok':
      return path === 'url' ? describeUrl(record) : path === 'host' ? describeHost(record) : describePayload(record)
    case 'no_results':
      return null
    case 'unknown_auth_key':
      throw new SourceError('unauthorized', 'URLhaus does not know the Auth-Key')
    default:
      throw new SourceError('provider-error', `URLhaus answered ${record?.query_status ?? 'no status'}`)
  }
}

// Listed means that it spread malware. While it is online it still does; later the place may be clean again.
function describeUrl(record) {
  const online = record.url_status === 'online'
  return result(record, {
    verdict: 'malicious',
    score: online ? 95 : 75,
    confidence: online ? 95 : 80,
    says: `${record.threat}, ${record.url_status}`,
    summary: `${online ? 'Spreads' : 'Spread'} malware (${record.threat}); ${record.url_status}, listed since ${record.date_added}`,
    facts: [
      ['state', record.url_status],
      ['threat', record.threat],
      ['host', record.host],
      ['added on', record.date_added],
      ['last online', record.last_online],
      ...samples(record.payloads ?? []),
    ],
    tags: record.tags ?? [],
  })
}

function describeHost(record) {
  const online = record.urls.filter((url) => url.url_status === 'online').length
  return result(record, {
    ...weighHost(online, record.blacklists?.spamhaus_dbl ?? ''),
    says: `${record.url_count} malware URLs, ${online} of the latest online`,
    summary: `${record.url_count} malware URLs on this host, ${online} of the latest online`,
    facts: [
      ['malware URLs', Number(record.url_count)],
      ['first seen', record.firstseen],
      ['Spamhaus DBL', record.blacklists?.spamhaus_dbl],
      ...record.urls.slice(0, 10).map((url) => [`URL, ${url.url_status}`, url.url, 'url']),
    ],
    tags: [...new Set(record.urls.flatMap((url) => url.tags ?? []))],
  })
}

// A host that Spamhaus calls "abused_legit" belongs to somebody else, who was broken into or lets anyone upload.
function weighHost(online, spamhaus) {
  if (spamhaus.startsWith('abused_legit')) return { verdict: 'suspicious', score: 40, confidence: 50 }
  return online > 0
    ? { verdict: 'malicious', score: 85, confidence: 80 }
    : { verdict: 'suspicious', score: 60, confidence: 60 }
}

function describePayload(record) {
  return result(record, {
    verdict: 'malicious',
    score: record.signature ? 95 : 85,
    confidence: record.signature ? 95 : 80,
    says: record.signature ?? 'served by a malware URL',
    summary: `File served by ${record.url_count} malware URLs${record.signature ? `: ${record.signature}` : ''}`,
    facts: [
      ['family', record.signature],
      ['file type', record.file_type],
      ['size in bytes', record.file_size && Number(record.file_size)],
      ['first seen', record.firstseen],
      ['last seen', record.lastseen],
      ['MD5', record.md5_hash, 'md5'],
      ['SHA-256', record.sha256_hash, 'sha256'],
      ...(record.urls ?? []).slice(0, 10).map((url) => [`URL, ${url.url_status}`, url.url, 'url']),
    ],
    tags: [],
  })
}

function samples(payloads) {
  return payloads.slice(0, 10).map((payload) => [payload.signature ?? 'sample', payload.response_sha256, 'sha256'])
}

function result(record, { facts, ...rest }) {
  const reference = record.urlhaus_reference
  return {
    ...rest,
    facts: facts
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value, kind]) => (kind ? { name, value, kind } : { name, value })),
    links: reference ? [{ title: 'URLhaus', url: reference }] : [],
    raw: record,
  }
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `URLhaus refused the request (${response.status}): check the API key`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'URLhaus asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `URLhaus answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'URLhaus answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
