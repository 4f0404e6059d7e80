export async function fetchData(indicator, ctx) {
  const response = await ctx.fetch(`${ctx.config.baseUrl}/api/ranks/domain/${indicator.value}`, {
    headers: { accept: 'application/json' },
  })
  if (response.status === 404) return null
  const answer = await readJson(response)
  if (!Array.isArray(answer?.ranks)) throw new SourceError('provider-error', 'Tranco answered no list')
  const [latest] = answer.ranks
  if (!latest) return null
  const best = Math.min(...answer.ranks.map(({ rank }) => rank))
  return {
    // No verdict: popular services carry malware too, and a new phishing page may sit on one.
    summary: `Rank ${latest.rank} of all sites on ${latest.date}`,
    facts: [
      { name: 'rank', value: latest.rank },
      { name: 'date', value: latest.date },
      { name: 'best rank of late', value: best },
    ],
    tags: [latest.rank <= 1000 ? 'top-1000' : latest.rank <= 100000 ? 'top-100000' : 'top-million'],
    links: [{ title: 'Tranco', url: `https://tranco-list.eu/query` }],
    raw: answer.ranks,
    observedAt: `${latest.date}T00:00:00Z`,
  }
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `Tranco refused the request (${response.status})`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'Tranco asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `Tranco answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'Tranco answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
