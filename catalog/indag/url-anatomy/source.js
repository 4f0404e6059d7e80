const usualPorts = new Set(['', '80', '443', '8080', '8443'])
const executable = /\.(exe|scr|pif|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|jar|lnk|iso|img|apk|dll)$/i
const document = /\.(pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|rtf|zip|html?)\.[a-z0-9]{2,4}$/i
const redirectNames =
  /^(url|u|uri|redirect|redirect_ur[il]|redir|next|target|dest|destination|continue|return|returnto|return_url|goto|link|out|r)$/i
const signInWords = /(log-?in|sign-?in|verif(y|ication)|account|secure|update|confirm|password|wallet|invoice|unlock)/i
const shorteners = new Set([
  'bit.ly',
  't.co',
  'tinyurl.com',
  'goo.gl',
  'is.gd',
  'ow.ly',
  'cutt.ly',
  'rebrand.ly',
  'rb.gy',
  'shorturl.at',
  't.ly',
  'tiny.cc',
  'v.gd',
  's.id',
])

// From here on the sum of the weights is called suspicious. One feature alone never reaches it.
const suspiciousFrom = 40

export async function fetchData(indicator) {
  const url = new URL(indicator.value)
  const features = findFeatures(url)
  const score = Math.min(
    features.reduce((sum, feature) => sum + feature.weight, 0),
    85,
  )
  const facts = [
    { name: 'scheme', value: url.protocol.slice(0, -1) },
    hostFact(url.hostname),
    { name: 'path depth', value: url.pathname.split('/').filter(Boolean).length },
    { name: 'parameters', value: [...url.searchParams.keys()].length },
    { name: 'length', value: indicator.value.length },
    ...features.map(({ name, detail }) => ({ name, value: detail })),
  ]
  const result = { facts, tags: features.map(({ tag }) => tag), links: [] }
  if (features.length === 0)
    return { ...result, summary: 'Nothing unusual in the form of the URL, which says nothing about its content' }
  const says = features.map(({ name }) => name).join(', ')
  if (score < suspiciousFrom) return { ...result, summary: `Form of the URL: ${says}` }
  // The form alone proves nothing, so the confidence stays low.
  return { ...result, summary: `Suspicious form: ${says}`, verdict: 'suspicious', score, confidence: 40, says }
}

// Each feature: name and detail for people, tag for machines, weight of suspicion.
function findFeatures(url) {
  const features = []
  const add = (name, detail, tag, weight) => features.push({ name, detail, tag, weight })
  const labels = url.hostname.split('.')
  const file = safeDecode(url.pathname.split('/').at(-1))
  if (url.username) add('user name before the host', safeDecode(url.username), 'userinfo', 35)
  if (isAddress(url.hostname)) add('address instead of a name', url.hostname, 'ip-host', 25)
  if (labels.some((label) => label.startsWith('xn--'))) add('international host name', url.hostname, 'punycode', 20)
  if (!isAddress(url.hostname) && labels.length >= 5) add('many subdomains', labels.length - 2, 'many-subdomains', 15)
  if (!usualPorts.has(url.port)) add('unusual port', Number(url.port), 'unusual-port', 10)
  if (document.test(file) && executable.test(file)) add('double extension', file, 'double-extension', 35)
  else if (executable.test(file)) add('executable file', file, 'executable', 15)
  if (shorteners.has(url.hostname)) add('link shortener', url.hostname, 'shortener', 10)
  if (url.protocol === 'data:' || url.protocol === 'javascript:')
    add('code in the URL', url.protocol, 'inline-code', 40)
  if (signInWords.test(url.hostname)) add('sign-in words in the host', url.hostname, 'sign-in-words', 15)
  const redirect = findRedirect(url)
  if (redirect) add('redirect to another host', redirect, 'open-redirect', 20)
  const encoded = [...url.searchParams.values()].find(
    (value) => value.length >= 24 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(value) && decodesToText(value),
  )
  if (encoded) add('encoded text in a parameter', decodeText(encoded).slice(0, 200), 'base64', 15)
  if (url.href.length > 250) add('very long', url.href.length, 'very-long', 5)
  return features
}

function hostFact(hostname) {
  if (!isAddress(hostname)) return { name: 'host', value: hostname, kind: 'domain' }
  const bare = hostname.replace(/^\[|\]$/g, '')
  return { name: 'host', value: bare, kind: bare.includes(':') ? 'ipv6' : 'ipv4' }
}

function isAddress(hostname) {
  return /^[\d.]+$/.test(hostname) || hostname.startsWith('[')
}

// The host that a parameter such as "url=" leads to, when it is another one.
function findRedirect(url) {
  for (const [name, value] of url.searchParams) {
    const target = value.match(/^(?:https?:)?\/\/([^/?#]+)/i)
    if (redirectNames.test(name) && target && target[1].toLowerCase() !== url.host) return target[1].toLowerCase()
  }
  return null
}

function decodesToText(value) {
  return /^[\x20-\x7e\s]{12,}$/.test(decodeText(value))
}

function decodeText(value) {
  try {
    return atob(value.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return ''
  }
}

function safeDecode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
