// The rules of the Public Suffix List that apply to a name, as https://publicsuffix.org/list/ tells:
// an exception wins, then the rule with the most labels; without any rule the last label is the suffix.
export async function fetchData(indicator, ctx) {
  const host = hostOf(indicator)
  if (host === null) return null
  const rule = findSuffix(host, ctx.matches)
  const labels = host.split('.')
  const suffixLabels = rule.suffix.split('.').length
  const registrable = labels.length > suffixLabels ? labels.slice(-suffixLabels - 1).join('.') : null
  const subdomain = labels.slice(0, -suffixLabels - 1).join('.')
  const facts = [{ name: 'public suffix', value: rule.suffix }]
  if (registrable) facts.push({ name: 'registrable domain', value: registrable, kind: 'domain' })
  if (subdomain) facts.push({ name: 'subdomain', value: subdomain })
  facts.push({ name: 'labels', value: labels.length }, { name: 'suffix section', value: rule.section })
  return {
    summary: registrable ? `${registrable}, registered below .${rule.suffix}` : `${host} is a public suffix itself`,
    facts,
    tags: rule.section === 'private' ? ['shared-hosting'] : [],
    links: registrable
      ? [{ title: 'Registration data', url: `https://lookup.icann.org/en/lookup?name=${registrable}` }]
      : [],
  }
}

function findSuffix(host, matches) {
  const exception = matches.find(({ value }) => value.exception)
  if (exception)
    return { suffix: exception.key.slice(exception.key.indexOf('.') + 1), section: exception.value.section }
  const found = matches.flatMap(({ key, value }) => {
    const below = host.length > key.length ? host.slice(0, -key.length - 1) : ''
    // A wildcard at "ck" makes every name right below it, such as "co.ck", a suffix.
    const wild =
      value.wildcard && below
        ? [{ suffix: `${below.slice(below.lastIndexOf('.') + 1)}.${key}`, section: value.section }]
        : []
    return value.suffix ? [...wild, { suffix: key, section: value.section }] : wild
  })
  found.sort((a, b) => b.suffix.length - a.suffix.length)
  return found[0] ?? { suffix: host.slice(host.lastIndexOf('.') + 1), section: 'not on the list' }
}

// Null when the host of a URL or the domain of a mail address is a literal address.
function hostOf({ kind, value }) {
  const host =
    kind === 'url' ? new URL(value).hostname : kind === 'email' ? value.slice(value.lastIndexOf('@') + 1) : value
  return /^[\d.]+$|[:[]/.test(host) || host === '' ? null : host
}
