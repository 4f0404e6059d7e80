export async function fetchData(indicator, ctx) {
  return indicator.kind === 'domain' ? describeDomain(indicator.value, ctx) : describeAddress(indicator.value, ctx)
}

async function describeDomain(name, ctx) {
  const [a, aaaa, cname, mx, ns, txt] = await Promise.all(
    ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT'].map((type) => ctx.dns.resolve(name, type)),
  )
  const facts = [
    ...a.map((value) => ({ name: 'address', value, kind: 'ipv4' })),
    ...aaaa.map((value) => ({ name: 'address', value, kind: 'ipv6' })),
    ...cname.map((value) => ({ name: 'alias of', value, kind: 'domain' })),
    ...byPriority(mx).map(({ exchange }) => ({ name: 'mail server', value: exchange || 'none: takes no mail' })),
    ...ns.map((value) => ({ name: 'name server', value, kind: 'domain' })),
    ...txt.map((value) => ({ name: nameOfText(value), value })),
  ]
  // [] is the answer for a name that does not exist as well as for one without records.
  if (facts.length === 0) return null
  const addresses = a.length + aaaa.length
  return {
    summary:
      addresses > 0
        ? `${plural(addresses, 'address')}, ${plural(mx.length, 'mail server')}, ${plural(ns.length, 'name server')}`
        : 'Exists, but has no address',
    facts,
    tags: addresses > 0 ? [] : ['no-address'],
    links: [],
    raw: { a, aaaa, cname, mx, ns, txt },
  }
}

async function describeAddress(address, ctx) {
  // The host turns the address into its name below in-addr.arpa or ip6.arpa.
  const names = await ctx.dns.resolve(address, 'PTR')
  if (names.length === 0) return null
  return {
    summary: `Named ${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ''}`,
    facts: names.map((value) => ({ name: 'reverse name', value, kind: 'domain' })),
    tags: [],
    links: [],
    raw: { ptr: names },
  }
}

function byPriority(mx) {
  return [...mx].sort((a, b) => a.priority - b.priority)
}

function nameOfText(text) {
  if (text.startsWith('v=spf1')) return 'mail policy (SPF)'
  return /^[\w-]+-(site-)?verification[=:]/.test(text) ? 'proof of ownership' : 'text'
}

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`
}
