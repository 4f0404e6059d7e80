import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/**
 * `through`: as it comes; `hole`: taken and never passed on; `half-closed`: connections are ended on the caller's side
 * alone, and new ones likewise.
 */
export type WireMode = 'through' | 'hole' | 'half-closed'

/** The way from the pool to one runner, which can be made bad. */
export type Wire = {
  address: string
  /** Each piece is passed on this much later, each way. */
  delayMs: number
  /** Connections that were taken so far. */
  connections: number
  /** Those that the caller has not closed. */
  readonly open: number
  /** Changes how connections behave, those that stand too. */
  become(mode: WireMode): void
  /** Breaks all connections that stand. */
  cut(): void
  close(): Promise<void>
}

/** Listens on a free port of loopback and passes everything on to `target`, a `host:port`. */
export async function openWire(target: string): Promise<Wire> {
  const [host, port] = target.split(':')
  const pairs = new Set<{ near: Socket; far: Socket }>()
  const callers = new Set<Socket>()
  let mode: WireMode = 'through'

  const server: Server = createServer({ allowHalfOpen: true }, (near) => {
    wire.connections += 1
    callers.add(near)
    near.on('end', () => callers.delete(near)).on('close', () => callers.delete(near))
    const far = connect({ host: host!, port: Number(port), allowHalfOpen: true })
    const pair = { near, far }
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => pass(() => to.write(bytes)))
      from.on('end', () => pass(() => to.end()))
      from.on('error', end).on('close', () => pass(end))
    }
    if (mode === 'half-closed') near.end()
  })

  /** What a hole has swallowed does not come out later. */
  function pass(move: () => void): void {
    if (mode === 'hole') return
    if (wire.delayMs === 0) return move()
    setTimeout(() => mode !== 'hole' && move(), wire.delayMs)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const wire: Wire = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayMs: 0,
    connections: 0,
    get open() {
      return callers.size
    },
    become(next) {
      mode = next
      if (mode === 'half-closed') for (const { near } of pairs) near.end()
    },
    cut() {
      for (const { near, far } of pairs) {
        near.resetAndDestroy()
        far.destroy()
      }
    },
    close: () => {
      wire.cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return wire
}
