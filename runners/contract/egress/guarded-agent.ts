import { isIP } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { EgressError } from './egress-error.ts'
import { plainHost } from './host-patterns.ts'
import type { PrivateExceptions } from './host-patterns.ts'
import { isPublicAddress } from './public-address.ts'
import type { ResolveHost } from './resolve-host.ts'

export type AddressPolicy = { exceptions: PrivateExceptions; resolveHost: ResolveHost }

const CONNECT_MS = 5_000
const KEEP_ALIVE_MS = 10_000
const CONNECTIONS_PER_ORIGIN = 32
const HEADER_BYTES = 32 * 1024

/**
 * An undici Agent whose every connection goes to an address that was checked: resolved once, refused if any answer is not public, and
 * connected by address, so that nothing is resolved a second time. A `lookup` hook would not do: literals never reach it.
 */
export function makeGuardedAgent(policy: AddressPolicy): Agent {
  const connect = buildConnector({ timeout: CONNECT_MS, autoSelectFamily: false, allowH2: false })
  return new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADER_BYTES,
    connect: (options, callback) => {
      const host = plainHost(options.hostname)
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80))
      checkedAddress(policy, host, port).then(
        (address) => {
          const servername = isIP(host) === 0 ? host : ''
          connect({ ...options, hostname: address, host: address, port: String(port), servername }, callback)
        },
        (cause: unknown) => callback(cause instanceof Error ? cause : new Error(String(cause)), null),
      )
    },
  })
}

/** The first address of the host, once all of them were found public or excepted by the operator. */
export async function checkedAddress(policy: AddressPolicy, host: string, port: number): Promise<string> {
  const addresses = await policy.resolveHost(host)
  for (const { address } of addresses) {
    if (isPublicAddress(address) || policy.exceptions.allows(host, port, address)) continue
    // Which address it was is not said: a source must not learn the inside of the operator's DNS.
    const fix = 'if it is meant, the operator names it in INDAG_RUNNER_PRIVATE_HOSTS'
    throw new EgressError('egress-denied', `${host} leads to an address that is not public; ${fix}`)
  }
  const [first] = addresses
  if (!first) throw new EgressError('host-unreachable', `${host}: the name has no address`)
  return first.address
}
