/** Makes a value of a kind unclickable wherever it is pasted next, in the backend's own manner. Safe to apply twice. */
export function defang(value: string): string {
  if (/^[a-z][a-z0-9+.-]*\[:\]\/\//i.test(value)) return value
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)
  if (!scheme) return value.includes('@') ? breakMail(value) : breakHost(value)
  const name = (scheme[1] ?? '').toLowerCase().replace(/^http/, 'hxxp').replace(/^ftp$/, 'fxp')
  const rest = value.slice(scheme[0].length)
  const end = rest.search(/[/?#]/)
  const authority = end === -1 ? rest : rest.slice(0, end)
  return `${name}[:]//${breakHost(authority)}${end === -1 ? '' : rest.slice(end)}`
}

const breakMail = (text: string) => breakHost(text.replace(/(?<!\[)@(?!\])(?=[^@]*$)/, '[@]'))

/** The last dot of a name or IPv4 address, the last colon of an IPv6 one. */
function breakHost(text: string): string {
  if (text.includes('[.]') || text.includes('[:]')) return text
  if (text.includes('.')) return text.replace(/\.(?=[^.]*$)/, '[.]')
  return /^[0-9a-f:]*:[0-9a-f:]*(\/\d+)?$/i.test(text) ? text.replace(/:(?!.*:)/, '[:]') : text
}

const NETWORK_KINDS = new Set(['ipv4', 'ipv6', 'cidr', 'domain', 'url', 'email'])

/** A fact's value as text: defanged when its kind, or its own form, says that it names something on the network. */
export function factText(value: string | number | boolean, kind?: string | null): string {
  if (typeof value !== 'string') return String(value)
  if (kind) return NETWORK_KINDS.has(kind) ? defang(value) : value
  const looksLikeUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
  const looksLikeAddress = /^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d+)?$/.test(value)
  return looksLikeUrl || looksLikeAddress ? defang(value) : value
}
