export async function fetchData(indicator, ctx) {
  const match = ctx.matches[0]
  if (!match) return null
  const { organization, ipv4Ranges, ipv6Ranges } = match.value
  return {
    summary: `${match.key} ${organization}`,
    facts: [
      { name: 'organization', value: organization },
      { name: 'IPv4 ranges', value: ipv4Ranges },
      { name: 'IPv6 ranges', value: ipv6Ranges },
    ],
    tags: [],
    links: [
      { title: 'BGP view of the network', url: `https://bgp.tools/as/${match.key.slice(2)}` },
      { title: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' },
    ],
    raw: match,
  }
}
