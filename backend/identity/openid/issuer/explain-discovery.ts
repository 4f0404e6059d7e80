import { refuse } from '../problem.ts'
import { factsOf, outageOf } from './error-facts.ts'

/** Says why an issuer cannot be used. Always fails, with openid-issuer. */
export function explainDiscovery(issuer: string, cause: unknown): never {
  refuse('openid-issuer', `The issuer ${issuer} cannot be used: ${why(issuer, cause)}.`, { cause })
}

function why(issuer: string, error: unknown): string {
  const outage = outageOf(error)
  if (outage) return outage
  const { codes, layers } = factsOf(error)
  if (codes.includes('OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED')) {
    const body = layers.map((layer) => layer.body).find((each) => typeof each === 'object' && each !== null)
    const named = body && 'issuer' in body && typeof body.issuer === 'string' ? body.issuer.slice(0, 300) : 'another'
    return `its discovery document says that the issuer is ${named}`
  }
  const path = `${new URL(issuer).pathname.replace(/\/$/, '')}/.well-known/openid-configuration`
  if (codes.includes('OAUTH_RESPONSE_IS_NOT_CONFORM')) {
    const status = layers.map((layer) => layer.status).find((each) => typeof each === 'number')
    return `it answers ${path} with the status ${status ?? 'of an error'}`
  }
  return `there is no discovery document at ${path}`
}
