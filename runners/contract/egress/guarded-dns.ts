import type { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { EgressError } from './egress-error.ts'

const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'PTR', 'SOA']
const NAME = /^(?=.{1,253}\.?$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i
/** "There is none": a value, not a failure. */
const NONE = ['ENOTFOUND', 'ENODATA', 'NXDOMAIN']
const NO_NETWORK = ['ECONNREFUSED', 'EAI_AGAIN', 'ENETUNREACH', 'ELOADIPHLPAPI']

/**
 * A DNS question through the host's resolver. A, AAAA, CNAME, NS, PTR, TXT: strings (TXT parts joined); MX: { exchange, priority };
 * SOA: one object. PTR takes an address too. Throws EgressError, and anything once the signal was given: the question itself cannot be cut,
 * the resolver ends it by itself.
 */
export async function guardedDns(
  resolver: Resolver,
  name: string,
  type: string,
  signal: AbortSignal,
): Promise<unknown[]> {
  if (!TYPES.includes(type))
    throw new EgressError(
      'bad-request',
      `DNS type "${type.slice(0, 20)}" is not answered: use one of ${TYPES.join(', ')}`,
    )
  if (isIP(name) === 0 && !NAME.test(name))
    throw new EgressError('bad-request', `"${name.slice(0, 100)}" is no name to resolve`)
  if (isIP(name) !== 0 && type !== 'PTR')
    throw new EgressError('bad-request', `${name} is an address: only PTR can be asked for it`)
  try {
    return await Promise.race([ask(resolver, name, type), aborted(signal)])
  } catch (cause) {
    if (signal.aborted) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (NONE.includes(code)) return []
    if (NO_NETWORK.includes(code)) throw new EgressError('host-unreachable', `DNS of ${name}: no network`)
    throw new EgressError(
      'host-unreachable',
      `DNS of ${name}: ${code === 'ETIMEOUT' ? 'no answer in time (no network?)' : code || 'failed'}`,
    )
  }
}

async function ask(resolver: Resolver, name: string, type: string): Promise<unknown[]> {
  if (type === 'PTR' && isIP(name) !== 0) return resolver.reverse(name)
  if (type === 'SOA') return [await resolver.resolveSoa(name)]
  if (type === 'TXT') return (await resolver.resolveTxt(name)).map((parts) => parts.join(''))
  if (type === 'MX') return (await resolver.resolveMx(name)).map(({ exchange, priority }) => ({ exchange, priority }))
  return (await resolver.resolve(name, type)) as unknown[]
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Error('aborted'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
