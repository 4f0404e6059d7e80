// Rows of the list that the operator loaded, one at most: { label?, verdict?, note? }.
const scores = { malicious: 90, suspicious: 60, benign: 0, informational: 0 }

export async function fetchData(indicator, ctx) {
  const match = ctx.matches[0]
  if (!match) return null
  const { label, verdict, note } = match.value
  const facts = [{ name: 'list entry', value: match.key }]
  if (label) facts.push({ name: 'label', value: label })
  if (note) facts.push({ name: 'note', value: note })
  return {
    ...(verdict && { verdict, score: scores[verdict], confidence: 90, says: label ?? verdict }),
    summary: `On your list${label ? `: ${label}` : ''}`,
    facts,
    tags: ['own-list'],
    links: [],
  }
}
