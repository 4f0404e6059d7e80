// ctx.matches holds the rows of this source's dataset whose network contains the address, the narrowest first.
export async function fetchData(indicator, ctx) {
  const match = ctx.matches[0]
  if (!match) return null
  const { asn, organization } = match.value
  return {
    summary: `AS${asn} ${organization}`,
    facts: [
      { name: 'autonomous system', value: `AS${asn}`, kind: 'asn' },
      { name: 'organization', value: organization },
      { name: 'network', value: match.key, kind: 'cidr' },
    ],
    tags: [],
    links: [
      { title: 'BGP view of the network', url: `https://bgp.tools/as/${asn}` },
      { title: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' },
    ],
    raw: match,
  }
}
