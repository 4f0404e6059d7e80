import { chmodSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { join } from 'node:path'

export type Listeners = {
  tcpPort: number
  udpPort: number
  unixPath: string
  abstractName: string
  /** Who came, and what the first bytes were. */
  heard: string[]
  close(): void
}

/** Ears on loopback in every way: TCP of both families (which hears HTTP too), UDP, a unix socket by path and one by abstract name. */
export async function openListeners(folder: string): Promise<Listeners> {
  const heard: string[] = []
  const hear = (where: string) => {
    const server = createServer((socket) => {
      heard.push(`${where}: a connection`)
      socket.on('data', (bytes) => heard.push(`${where}: ${bytes.toString('latin1').slice(0, 200)}`))
      socket.on('error', () => {})
      socket.end()
    })
    return server
  }
  const [tcp, tcp6, unix, abstract] = [hear('tcp'), hear('tcp6'), hear('unix'), hear('abstract')]
  await listen(tcp, { port: 0, host: '127.0.0.1' })
  const tcpPort = (tcp.address() as AddressInfo).port
  // A machine without IPv6 has nothing to hear there.
  await listen(tcp6, { port: tcpPort, host: '::1' }).catch(() => {})
  const unixPath = join(folder, 'ear')
  await listen(unix, { path: unixPath })
  chmodSync(unixPath, 0o777)
  const abstractName = `indag-ear-${process.pid}-${tcpPort}`
  await listen(abstract, { path: `\0${abstractName}` })
  const udp = createSocket('udp4', (bytes) => heard.push(`udp: ${bytes.toString('latin1').slice(0, 200)}`))
  await new Promise<void>((done) => udp.bind(0, '127.0.0.1', done))
  const close = () => {
    for (const server of [tcp, tcp6, unix, abstract]) server.close()
    udp.close()
  }
  return { tcpPort, udpPort: udp.address().port, unixPath, abstractName, heard, close }
}

function listen(server: Server, where: object): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => resolve())
  })
}
