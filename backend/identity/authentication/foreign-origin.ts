export type RequestOrigin = {
  method: string
  hasCookie: boolean
  origin: string | undefined
  secFetchSite: string | undefined
  host: string | undefined
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Why a request may have been sent by another site's page (CSRF), or nothing. A browser tells the page it acts for in
 * `Origin` or `Sec-Fetch-Site`; a request that changes something and carries a cookie must have one of them.
 * Without a cookie their absence is no harm, but a foreign page may not sign somebody in either.
 */
export function foreignOrigin(request: RequestOrigin, publicUrl: string): string | undefined {
  if (safeMethods.has(request.method)) return undefined
  if (request.origin !== undefined) {
    return isOwnOrigin(request.origin, request.host, publicUrl) ? undefined : `from the page of ${request.origin}`
  }
  if (request.secFetchSite !== undefined) {
    const own = request.secFetchSite === 'same-origin' || request.secFetchSite === 'none'
    return own ? undefined : 'from another site'
  }
  return request.hasCookie ? 'with a session cookie but without the header Origin' : undefined
}

function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false
  const own = new URL(publicUrl)
  if (origin === own.origin) return true
  // Reached by another name than the public one; but a page that came by plain http may have been forged on its way.
  return new URL(origin).host === host && (own.protocol === 'http:' || origin.startsWith('https:'))
}
