import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export type RawRequest = { method: string; path: string; head: string; body: string }
export type RawSite = {
  port: number
  host: string
  origin: string
  /** Connections that were accepted, ever. */
  connections: number
  requests: RawRequest[]
  /** Resolves once no connection is open. */
  quiet(): Promise<void>
  close(): Promise<void>
}
/** Writes whatever bytes it likes, now or later. */
export type RawAnswer = (socket: Socket, request: RawRequest) => void

/** A server on loopback that speaks no HTTP of its own: it takes requests apart by hand, counts connections and lets `answer` write bytes. */
export async function openRawSite(answer: RawAnswer, address = '127.0.0.1', port = 0): Promise<RawSite> {
  const open = new Set<Socket>()
  let waiting: (() => void)[] = []
  const server = createServer((socket) => {
    site.connections += 1
    open.add(socket)
    // What the other side does to us is what is looked for, not a failure of ours.
    socket.on('error', () => {})
    socket.on('close', () => {
      open.delete(socket)
      if (open.size > 0) return
      for (const resolve of waiting) resolve()
      waiting = []
    })
    readRequests(socket, (request) => {
      site.requests.push(request)
      answer(socket, request)
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, address, resolve))
  const bound = (server.address() as AddressInfo).port
  const host = `${address.includes(':') ? `[${address}]` : address}:${bound}`
  const site: RawSite = {
    port: bound,
    host,
    origin: `http://${host}`,
    connections: 0,
    requests: [],
    quiet: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: () => {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return site
}

function readRequests(socket: Socket, hear: (request: RawRequest) => void): void {
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    for (;;) {
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = text.slice(0, end)
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (text.length < end + 4 + length) return
      const [method = '', path = ''] = head.split(' ', 2)
      const body = text.slice(end + 4, end + 4 + length)
      text = text.slice(end + 4 + length)
      hear({ method, path, head, body })
    }
  })
}

/** Writes the same bytes until the other side has had enough. */
export function pour(socket: Socket, bytes: Buffer | string): void {
  const go = () => {
    while (!socket.destroyed && socket.write(bytes));
  }
  socket.on('drain', go)
  go()
}
