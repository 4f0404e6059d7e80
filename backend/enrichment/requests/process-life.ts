import { newId, type Postgres } from '../../foundation/index.ts'
import type { Logger } from '../../observability/index.ts'
import { adoptRequests, beatHeart, registerProcess, removeDeadProcesses, removeProcess } from '../store/processes.ts'

/** This process among those that run requests: it shows that it lives, and takes over what the dead have left. */
export type ProcessLife = {
  /** The id under which this process owns requests and flights. */
  id(): string
  start(): Promise<void>
  /** Gives everything back to the others. */
  close(): Promise<void>
}

export type LifeEvents = {
  /** The requests that this process has in hand. */
  running(): string[]
  /** Requests that are ours from now on. */
  onAdopted(ids: string[]): void
  /** The others took us for dead: what we ran belongs to them. */
  onDeclaredDead(): void
}

const beatEveryMs = 1_500
const adoptAtOnce = 20

export function openProcessLife(sql: Postgres, events: LifeEvents, log: Logger): ProcessLife {
  let id = newId()
  let timer: NodeJS.Timeout | undefined
  let beating: Promise<void> = Promise.resolve()
  let closed = false

  async function beat(): Promise<void> {
    if (!(await beatHeart(sql, id))) {
      log.warn('other processes took this one for dead; it starts anew')
      id = newId()
      events.onDeclaredDead()
      await registerProcess(sql, id)
    }
    const dead = await removeDeadProcesses(sql)
    if (dead.length > 0) log.warn({ dead }, 'processes died; their requests are taken over')
    if (closed) return
    const adopted = await adoptRequests(sql, id, events.running(), adoptAtOnce)
    if (adopted.length > 0) events.onAdopted(adopted)
  }

  return {
    id: () => id,
    async start() {
      await registerProcess(sql, id)
      const tick = (): void => {
        if (closed) return
        // An outage of the database is told by readiness; the next beat tries again.
        beating = beat().catch((error: unknown) => log.debug({ err: error }, 'the heart could not beat'))
        timer = setTimeout(() => void beating.then(tick), beatEveryMs)
      }
      tick()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await beating
      await removeProcess(sql, id).catch(() => {})
    },
  }
}
