const wellKnown = /\/\.well-known\/openid-configuration\/?$/

/** An issuer as people paste it: also with the path of its discovery document. */
export function issuerFrom(text: string): string {
  return text.trim().replace(wellKnown, '')
}

/** What is wrong with an issuer's address, or nothing. Private addresses are fine: companies keep their provider inside. */
export function issuerFault(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return 'must be an address such as https://login.example.org/realms/company'
  const url = new URL(issuer)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return 'must begin with https:// (http:// is for this machine only): whoever sits between could sign in as anybody'
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password'
  if (url.search !== '' || url.hash !== '') return 'must not have a query or a fragment'
  return undefined
}

/** An issuer without TLS; only on this machine is that let pass. */
export function isPlainHttp(issuer: string): boolean {
  return new URL(issuer).protocol === 'http:'
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
