import { Socket } from 'node:net'

/** Longer than a transaction does something else than to ask the database. */
const LATE_MS = 250

/**
 * A connection to PostgreSQL that, when it is lost, first fails what runs on it, and is closed a moment later. postgres.js 3.4.9 does both at once, and
 * forgets its socket before: the rollback that each failed transaction asks for then ends the process (`nextWrite` in its connection.js
 * writes to null; its issues 1154 and 1208). What is written in between fails at once.
 */
export class LateCloseSocket extends Socket {
  #state: 'connecting' | 'open' | 'lost' | 'ended' = 'connecting'

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'connect') this.#state = 'open'
    if (event !== 'close' || this.#state !== 'open') return super.emit(event, ...args)
    this.#state = 'lost'
    // Node has put one of its own here, which says nothing once the socket is destroyed.
    this.write = () => {
      process.nextTick(() => this.#fail())
      return false
    }
    this.#fail()
    setTimeout(() => super.emit('close', false), LATE_MS)
    return true
  }

  /** With a last word it is postgres.js that ends it; without, Node does so since the server has. */
  override end(...args: unknown[]): this {
    if (args.length > 0) this.#state = 'ended'
    return super.end(...(args as []))
  }

  #fail(): void {
    super.emit(
      'error',
      Object.assign(new Error('The connection to PostgreSQL was lost'), { code: 'CONNECTION_CLOSED' }),
    )
  }
}
