import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError, toProblem } from '../../foundation/index.ts'

/** What Node's parser cannot read reaches no route: it is told here, as a problem like any other, and the connection ends. */
export function refuseUnreadable(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else socket.end(answerTo(error.code))
  })
}

function answerTo(code: string | undefined): string {
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
  return `${headers.join('\r\n')}\r\n\r\n${body}`
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
