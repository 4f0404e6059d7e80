// The one row says what is in the history of requests; the enrichment writes it.
// No verdict: an earlier answer of ours must not count as a second opinion.
export async function fetchData(indicator, ctx) {
  const past = ctx.matches[0]?.value
  if (!past) return null
  const facts = [
    { name: 'first asked', value: past.firstSeen },
    { name: 'last asked', value: past.lastSeen },
    { name: 'requests', value: past.requests },
  ]
  if (past.lastVerdict) facts.push({ name: 'last verdict', value: past.lastVerdict })
  if (typeof past.lastScore === 'number') facts.push({ name: 'last score', value: past.lastScore })
  const times = past.requests === 1 ? 'once' : `${past.requests} times`
  const outcome = past.lastVerdict ? `; last verdict ${past.lastVerdict}` : ''
  return {
    summary: `Asked ${times} before, last on ${past.lastSeen.slice(0, 10)}${outcome}`,
    facts,
    tags: ['seen-before'],
    links: [],
    observedAt: past.lastSeen,
  }
}
