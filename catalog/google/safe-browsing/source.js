const threatTypes = ['MALWARE', 'SOCIAL_ENGINEERING', 'UNWANTED_SOFTWARE', 'POTENTIALLY_HARMFUL_APPLICATION']

// https://developers.google.com/safe-browsing/v4/lookup-api; the host adds the key to the query.
export async function fetchData(indicator, ctx) {
  const url = indicator.kind === 'domain' ? `http://${indicator.value}/` : indicator.value
  const response = await ctx.fetch(`${ctx.config.baseUrl}/v4/threatMatches:find`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client: { clientId: 'indag', clientVersion: '1' },
      threatInfo: { threatTypes, platformTypes: ['ANY_PLATFORM'], threatEntryTypes: ['URL'], threatEntries: [{ url }] },
    }),
  })
  // A wrong key is answered with 400 and this status.
  if (response.status === 400 && (await response.text()).includes('API_KEY_INVALID')) {
    throw new SourceError('unauthorized', 'Google does not know the API key')
  }
  const answer = await readJson(response)
  if (!answer || typeof answer !== 'object' || Array.isArray(answer))
    throw new SourceError('provider-error', 'Safe Browsing answered no object')
  // {} means that the page is on no list. That is silence, not a clean bill.
  if (!answer.matches?.length) return null
  const threats = [...new Set(answer.matches.map(({ threatType }) => threatType))]
  return {
    verdict: 'malicious',
    score: 90,
    confidence: 90,
    says: threats.join(', '),
    summary: `Google warns: ${threats.map(readable).join(', ')}`,
    facts: threats.map((threat) => ({ name: 'threat', value: readable(threat) })),
    tags: threats.map((threat) => threat.toLowerCase().replaceAll('_', '-')),
    links: [{ title: 'Advice by Google', url: 'https://developers.google.com/safe-browsing/v4/advisory' }],
    raw: answer.matches,
  }
}

function readable(threat) {
  return threat === 'SOCIAL_ENGINEERING' ? 'phishing' : threat.toLowerCase().replaceAll('_', ' ')
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `Safe Browsing refused the request (${response.status}): check the API key`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'Safe Browsing asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `Safe Browsing answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'Safe Browsing answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
