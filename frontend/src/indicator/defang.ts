/** Makes an indicator unclickable wherever it is pasted next: hxxp, [.], [@]. Safe to apply twice. */
export function defang(value: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)
  if (scheme) {
    const name = (scheme[1] ?? '').replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')
    const rest = value.slice(scheme[0].length)
    const end = rest.search(/[/?#]/)
    const authority = end === -1 ? rest : rest.slice(0, end)
    return `${name}://${breakUp(authority)}${end === -1 ? '' : rest.slice(end)}`
  }
  return breakUp(value)
}

function breakUp(text: string): string {
  return text
    .replace(/(?<!\[)\.(?!\])/g, '[.]')
    .replace(/(?<!\[)@(?!\])/g, '[@]')
    .replace(/^([0-9a-f]{1,4})?:(?=[0-9a-f:]*$)/i, (whole) => (whole === ':' ? '[:]' : whole.replace(':', '[:]')))
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
