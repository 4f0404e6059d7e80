type Layer = { code?: unknown; name?: unknown; status?: unknown; claim?: unknown; attribute?: unknown; body?: unknown }

/** What a failure of openid-client, or of fetch below it, says in any of its causes; the outermost first. */
export function factsOf(error: unknown): { codes: string[]; layers: Layer[] } {
  const layers: Layer[] = []
  let at = error
  while (typeof at === 'object' && at !== null && layers.length < 8) {
    layers.push(at as Layer)
    at = 'cause' in at ? at.cause : undefined
  }
  return { layers, codes: layers.map(({ code }) => code).filter((code) => typeof code === 'string') }
}

/** Why an address gives no answer, or nothing when it gave one. */
export function outageOf(error: unknown): string | undefined {
  const { codes, layers } = factsOf(error)
  if (codes.includes('OAUTH_TIMEOUT')) return 'it did not answer in time'
  const network = codes.find((code) =>
    /^(E[A-Z]+|UND_ERR_\w+|CERT_\w+|DEPTH_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|ERR_TLS_\w+|ERR_SSL_\w+)$/.test(code),
  )
  if (network) return `it cannot be reached (${network})`
  const [first] = layers
  if (first instanceof TypeError) return codes.length === 0 ? 'it cannot be reached' : undefined
  return undefined
}

/** A word of a protocol, such as `access_denied`; anything else that came in its place is not repeated. */
export function protocolWord(value: unknown): string {
  return typeof value === 'string' && /^[a-z_]{1,60}$/.test(value) ? value : 'an unknown error'
}
