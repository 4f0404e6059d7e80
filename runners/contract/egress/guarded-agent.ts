import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext, getCACertificates } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { Agent, buildConnector } from 'undici'
import { EgressError } from './egress-error.ts'
import { plainHost } from './addresses/host-patterns.ts'
import type { PrivateExceptions } from './addresses/private-exceptions.ts'
import { isPublicAddress } from './addresses/public-address.ts'
import type { ResolveHost } from './addresses/resolve-host.ts'

export type AddressPolicy = { exceptions: PrivateExceptions; resolveHost: ResolveHost }
export type AgentPolicy = AddressPolicy & { authorities: SecureContext | undefined }

const CONNECT_MS = 5_000
const KEEP_ALIVE_MS = 10_000
const CONNECTIONS_PER_ORIGIN = 32
const HEADER_BYTES = 32 * 1024

/**
 * An undici Agent whose every connection goes to an address that was checked: resolved once, refused if any answer is not public, and
 * connected by address, so that nothing is resolved a second time. A `lookup` hook would not do: literals never reach it.
 */
export function makeGuardedAgent(policy: AgentPolicy): Agent {
  const connect = buildConnector({
    timeout: CONNECT_MS,
    autoSelectFamily: false,
    allowH2: false,
    // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off. The certificate must be for the name, not for the address.
    rejectUnauthorized: true,
    ...(policy.authorities ? { secureContext: policy.authorities } : {}),
  })
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

/** Trust in Node's own authorities and in those of a PEM file. Throws an Error that names the variable, the file and the fault. */
export function readAuthorities(file: string): SecureContext {
  try {
    const pem = readFileSync(file, 'utf8')
    const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
    if (certificates.length === 0) throw new Error('it holds no certificate')
    for (const certificate of certificates) void new X509Certificate(certificate)
    return createSecureContext({ ca: [...getCACertificates('default'), ...certificates] })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`INDAG_RUNNER_CA_FILE: ${why}: name a file of certificates in PEM form (${file})`)
  }
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
