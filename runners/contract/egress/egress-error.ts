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
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer is not as long as it says',
  EPROTO: 'the host does not speak TLS here',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the host does not speak TLS here',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the host does not speak TLS here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

const PATTERNS: [RegExp, string][] = [
  [/^ERR_(SSL|TLS)_/, 'no TLS could be agreed on (CODE)'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_/,
    'its certificate is not of an authority that is trusted (CODE); the operator names one in INDAG_RUNNER_CA_FILE',
  ],
  [/^HPE_|^HTTPParserError$/, 'the answer is not HTTP'],
  [/^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/, 'the answer cannot be decompressed'],
]

/** Any cause as an EgressError; the message never has more of the cause than its code. */
export function toEgressError(cause: unknown, host: string): EgressError {
  for (let each: unknown = cause; each instanceof Error; each = each.cause) {
    if (each instanceof EgressError) return each
    const code = 'code' in each && typeof each.code === 'string' ? each.code : each.name
    if (NO_NETWORK.includes(code)) return new EgressError('host-unreachable', `${host}: no network`)
    const meaning = MEANINGS[code] ?? PATTERNS.find(([pattern]) => pattern.test(code))?.[1].replace('CODE', code)
    if (meaning) return new EgressError('host-unreachable', `${host}: ${meaning}`)
  }
  return new EgressError('host-unreachable', `${host}: the request failed`)
}
