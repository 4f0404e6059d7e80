export async function fetchData(indicator, ctx) {
  const response = await ctx.fetch(`${ctx.config.baseUrl}/data/v1/epss?cve=${indicator.value}`, {
    headers: { accept: 'application/json' },
  })
  if (response.status === 404) return null
  const answer = await readJson(response)
  if (!Array.isArray(answer?.data)) throw new SourceError('provider-error', 'EPSS answered no list')
  const [entry] = answer.data
  if (!entry) return null
  // Both are shares of 1 written as text: "0.944070000".
  const probability = percent(entry.epss)
  const percentile = percent(entry.percentile)
  return {
    // A vulnerability is neither good nor bad: the number speaks for itself, without a verdict.
    says: `${probability} % within 30 days`,
    summary: `${probability} % probability of exploitation within 30 days, higher than ${percentile} % of all`,
    facts: [
      { name: 'probability in %', value: probability },
      { name: 'percentile', value: percentile },
      { name: 'date of the model', value: entry.date },
    ],
    tags: probability >= 50 ? ['likely-exploited'] : [],
    links: [{ title: 'About EPSS', url: 'https://www.first.org/epss/' }],
    raw: entry,
  }
}

function percent(share) {
  return Math.round(Number(share) * 10000) / 100
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `EPSS refused the request (${response.status})`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'EPSS asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `EPSS answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'EPSS answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
