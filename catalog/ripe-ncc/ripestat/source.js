export async function fetchData(indicator, ctx) {
  const call = indicator.kind === 'asn' ? 'as-overview' : 'prefix-overview'
  const query = new URLSearchParams({ resource: indicator.value, sourceapp: 'indag' })
  const response = await ctx.fetch(`${ctx.config.baseUrl}/data/${call}/data.json?${query}`, {
    headers: { accept: 'application/json' },
  })
  if (response.status === 404) return null
  const answer = await readJson(response)
  if (answer?.status !== 'ok' || !answer.data)
    throw new SourceError('provider-error', `RIPEstat answered ${answer?.status ?? 'no status'}`)
  return indicator.kind === 'asn' ? describeSystem(indicator, answer.data) : describePrefix(indicator, answer.data)
}

function describeSystem(indicator, data) {
  return result(indicator, data, `${data.holder ?? 'Unknown holder'}, ${announced(data)}`, [
    ['holder', data.holder],
    ['announced', data.announced],
    ['block', data.block?.name ?? data.block?.desc],
  ])
}

function describePrefix(indicator, data) {
  const owners = (data.asns ?? []).map(({ asn, holder }) => `AS${asn} ${holder}`)
  const facts = [
    ['announced', data.announced],
    ['prefix', data.announced ? data.resource : undefined, 'cidr'],
    ...(data.asns ?? []).flatMap(({ asn, holder }) => [
      ['autonomous system', `AS${asn}`, 'asn'],
      ['holder', holder],
    ]),
    ['block', data.block?.desc],
  ]
  return result(
    indicator,
    data,
    data.announced
      ? `${data.resource} of ${owners.join(' and ')}`
      : 'Not announced: no network on the internet has it now',
    facts,
  )
}

function announced(data) {
  return data.announced ? 'announced' : 'not announced'
}

function result(indicator, data, summary, facts) {
  return {
    summary,
    facts: facts
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value, kind]) => (kind ? { name, value, kind } : { name, value })),
    tags: data.announced ? [] : ['not-announced'],
    links: [{ title: 'RIPEstat', url: `https://stat.ripe.net/${indicator.value}` }],
    raw: data,
  }
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `RIPEstat refused the request (${response.status})`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'RIPEstat asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `RIPEstat answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'RIPEstat answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
