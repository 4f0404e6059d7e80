import type { HostFailure } from '../executor.ts'

/** A refusal or failure with a message that the code and the analyst may read. */
export class EgressError extends Error {
  readonly reason: HostFailure['reason']
  constructor(reason: HostFailure['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

const NO_NETWORK = ['EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL']
const MEANINGS: Record<string, string> = {
  ENOTFOUND: 'the name does not exist',
  EHOSTUNREACH: 'no route to the host',
  ECONNREFUSED: 'the host refused the connection',
  ECONNRESET: 'the host closed the connection',
  EPIPE: 'the host closed the connection',
  ETIMEDOUT: 'the host did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'the host did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'the host did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'the host stopped answering',
  UND_ERR_SOCKET: 'the host closed the connection',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
  EPROTO: 'the host does not speak TLS here',
}

/** Any cause as an EgressError; the message never has more of the cause than its code. */
export function toEgressError(cause: unknown, host: string): EgressError {
  for (let each: unknown = cause; each instanceof Error; each = each.cause) {
    if (each instanceof EgressError) return each
    const code = 'code' in each ? String(each.code) : ''
    if (NO_NETWORK.includes(code)) return new EgressError('host-unreachable', `${host}: no network`)
    const meaning =
      MEANINGS[code] ??
      (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(code)
        ? `its certificate is not trusted (${code})`
        : undefined)
    if (meaning) return new EgressError('host-unreachable', `${host}: ${meaning}`)
    if (code.startsWith('HPE_')) return new EgressError('host-unreachable', `${host}: the answer is not HTTP`)
  }
  return new EgressError('host-unreachable', `${host}: the request failed`)
}
