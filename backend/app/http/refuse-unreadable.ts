import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError, toProblem } from '../../foundation/index.ts'

/** What Node's parser cannot read reaches no route: it is told here, as a problem like any other, and the connection ends. */
export function refuseUnreadable(server: Server): void {
  server.on('clientError', (error: Unreadable, socket: Duplex & { _httpMessage?: { headersSent: boolean } | null }) => {
    // A second answer behind one that has begun would be read as part of it (Node's own handler asks the same).
    const answered = socket._httpMessage?.headersSent === true
    if (error.code === 'ECONNRESET' || !socket.writable || answered) socket.destroy()
    else socket.end(answerTo(error))
  })
}

/** `rawPacket`: the bytes at which Node's parser gave up, when it was the parser. */
type Unreadable = NodeJS.ErrnoException & { rawPacket?: Buffer }

function answerTo({ code, rawPacket }: Unreadable): string {
  const [status, reason, failure] = failureOf(code)
  const traceId = randomBytes(16).toString('hex')
  const body = JSON.stringify({ ...toProblem(failure), status, traceId })
  const headers = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-trace-id: ${traceId}`,
    'cache-control: no-store',
    'connection: close',
  ]
  const bare = rawPacket?.subarray(0, 5).toString('latin1') === 'HEAD '
  return `${headers.join('\r\n')}\r\n\r\n${bare ? '' : body}`
}

function failureOf(code: string | undefined): [number, string, AppError] {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const told = 'The address and the headers together are longer than 16 kB. Send texts in the body.'
    return [431, 'Request Header Fields Too Large', new AppError('too-large', told)]
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return [408, 'Request Timeout', new AppError('timeout', 'The request did not arrive in time. Send it again.')]
  }
  return [400, 'Bad Request', new AppError('malformed', 'This is not HTTP that can be read.')]
}
