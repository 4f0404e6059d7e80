const paths = { domain: 'domain', ipv4: 'ip', ipv6: 'ip', cidr: 'ip', asn: 'autnum' }

// Asks the redirecting server, which leads to the registry that is in charge. A registry that is not in `hosts` of source.json
// is refused by the host with "egress-denied" and its name: add it there, or set baseUrl to a server that answers itself.
export async function fetchData(indicator, ctx) {
  const value = indicator.kind === 'asn' ? indicator.value.slice(2) : indicator.value
  const response = await ctx.fetch(`${ctx.config.baseUrl}/${paths[indicator.kind]}/${value}`, {
    headers: { accept: 'application/rdap+json, application/json' },
  })
  if (response.status === 404) return null
  const record = await readJson(response)
  if (!record?.objectClassName) throw new SourceError('provider-error', 'RDAP answered no record')
  return indicator.kind === 'domain' ? describeDomain(record) : describeNetwork(record)
}

function describeDomain(record) {
  const registrar = nameOf(withRole(record, 'registrar'))
  const created = dateOf(record, 'registration')
  const facts = [
    ['registrar', registrar],
    ['registered on', created],
    ['expires on', dateOf(record, 'expiration')],
    ['changed on', dateOf(record, 'last changed')],
    ['status', (record.status ?? []).join(', ')],
    ['registrant', nameOf(withRole(record, 'registrant'))],
    ['abuse contact', mailOf(withRole(record, 'abuse')), 'email'],
    ['signed (DNSSEC)', record.secureDNS?.delegationSigned],
    ...(record.nameservers ?? []).map((server) => ['name server', server.ldhName?.toLowerCase(), 'domain']),
  ]
  return result(
    `Registered ${created ? `on ${created.slice(0, 10)}` : ''}${registrar ? ` with ${registrar}` : ''}`,
    facts,
    record,
  )
}

function describeNetwork(record) {
  const holder = nameOf(withRole(record, 'registrant')) ?? record.name
  const range = record.startAddress ? `${record.startAddress} - ${record.endAddress}` : undefined
  const facts = [
    ['name', record.name],
    ['handle', record.handle],
    ['holder', holder],
    ['range', range],
    ...(record.cidr0_cidrs ?? []).map((cidr) => [
      'network',
      `${cidr.v4prefix ?? cidr.v6prefix}/${cidr.length}`,
      'cidr',
    ]),
    ['country', record.country],
    ['registered on', dateOf(record, 'registration')],
    ['changed on', dateOf(record, 'last changed')],
    ['abuse contact', mailOf(withRole(record, 'abuse')), 'email'],
  ]
  return result(
    `${record.name ?? record.handle}${holder && holder !== record.name ? `, ${holder}` : ''}`,
    facts,
    record,
  )
}

function result(summary, facts, record) {
  const self = (record.links ?? []).find((link) => link.rel === 'self')?.href
  return {
    summary: summary.trim(),
    facts: facts
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value, kind]) => (kind ? { name, value, kind } : { name, value })),
    tags: [],
    links: self ? [{ title: 'RDAP record', url: self }] : [],
    raw: record,
  }
}

// Contacts may stand inside one another: the abuse contact is often part of the registrar.
function withRole(record, role) {
  for (const entity of record.entities ?? []) {
    if (entity.roles?.includes(role)) return entity
    const inner = withRole(entity, role)
    if (inner) return inner
  }
  return undefined
}

// A jCard (RFC 7095) is ["vcard", [[property, parameters, type, value], ...]].
function cardValue(entity, property) {
  const value = entity?.vcardArray?.[1]?.find((line) => line[0] === property)?.[3]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function nameOf(entity) {
  return cardValue(entity, 'fn') ?? entity?.handle
}

function mailOf(entity) {
  return cardValue(entity, 'email')?.toLowerCase()
}

function dateOf(record, action) {
  return (record.events ?? []).find((event) => event.eventAction === action)?.eventDate
}

// What every HTTP source tells apart; "not found" is a value and is handled before this.
async function readJson(response) {
  if (response.status === 401 || response.status === 403)
    throw new SourceError('unauthorized', `RDAP refused the request (${response.status})`)
  if (response.status === 429)
    throw new SourceError('rate-limited', 'RDAP asks to wait', { retryAfterMs: waitMs(response) })
  if (!response.ok) throw new SourceError('provider-error', `RDAP answered ${response.status}`)
  try {
    return await response.json()
  } catch {
    throw new SourceError('provider-error', 'RDAP answered something that is no JSON')
  }
}

// Retry-After is given in seconds; undefined when it is absent.
function waitMs(response) {
  const seconds = Number(response.headers.get('retry-after'))
  return seconds > 0 ? seconds * 1000 : undefined
}
