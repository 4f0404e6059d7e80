import type { Indicator } from './kinds.ts'
import { hostOf } from './lookup-keys.ts'

/**
 * The form that is safe to paste: no client makes a link of it and no mail filter follows it. Kinds that nothing would
 * follow come back as they are. `detectIndicator` reads every defanged form back to the same value.
 */
export function defang(indicator: Indicator): string {
  const { kind, value } = indicator
  if (kind === 'ipv4' || kind === 'domain') return breakLastDot(value)
  if (kind === 'ipv6') return value.replace(/:(?!.*:)/, '[:]')
  if (kind === 'cidr') return value.includes('.') ? breakLastDot(value) : value.replace(/:(?!.*:)/, '[:]')
  if (kind === 'email') return value.replace(/@(?!.*@)/, '[@]').replace(/\.(?!.*\.)/, '[.]')
  if (kind === 'url') return defangUrl(indicator)
  return value
}

function defangUrl(indicator: Indicator): string {
  const scheme = indicator.value.slice(0, indicator.value.indexOf('://'))
  const safeScheme = scheme.startsWith('http') ? scheme.replace('http', 'hxxp') : scheme === 'ftp' ? 'fxp' : scheme
  const rest = indicator.value.slice(scheme.length + 3)
  const host = hostOf(indicator)
  if (host === null || host.kind === 'ipv6') return `${safeScheme}[:]//${rest}`
  const at = rest.indexOf(host.value)
  return `${safeScheme}[:]//${rest.slice(0, at)}${breakLastDot(host.value)}${rest.slice(at + host.value.length)}`
}

function breakLastDot(text: string): string {
  return text.replace(/\.(?=[^.]*$)/, '[.]')
}
