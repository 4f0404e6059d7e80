import { setTimeout as sleep } from 'node:timers/promises'
import { throughOutage, type Clock, type Postgres } from '../../foundation/index.ts'
import type { Answer } from '../answer.ts'
import { answersSince } from '../store/answers.ts'
import { claimFlights, releaseFlights, stillFlying } from '../store/flights.ts'

/** What becomes of one key that a process wants answered. */
export type Flight =
  /** Ours to make: settle it with an answer, or give it up. */
  | {
      kind: 'ours'
      settle(answer: Answer): void
      giveUp(): void
      /** The call waits in the provider's line, probably until then: those who joined want to know. */
      wait(etaMs: number): void
    }
  /** Under way here or in another process; undefined when whoever flew it gave up: ask again. */
  | {
      kind: 'joined'
      answer: Promise<Answer | undefined>
      /** Told when the call waits in the provider's line, as far as it waits in this process. */
      onWait(listener: (etaMs: number) => void): void
    }

/** Identical questions in flight share one call, across backend processes too. */
export type Flights = {
  /** One flight for each key, in order, with one statement for all. */
  board(keys: string[], signal: AbortSignal): Promise<Flight[]>
  close(): Promise<void>
}

const askOthersEveryMs = 150

type Here = {
  answer: Promise<Answer | undefined>
  end: (answer: Answer | undefined) => void
  etaMs: number | null
  listeners: ((etaMs: number) => void)[]
}

export function openFlights(deps: { sql: Postgres; owner: () => string; clock: Clock }): Flights {
  const { sql, owner, clock } = deps
  const here = new Map<string, Here>()
  const watched = new Map<string, { flight: Here; sinceMs: number }>()
  let watching: Promise<void> | null = null
  const closing = new AbortController()

  function takeOff(key: string): Here {
    let end: Here['end'] = () => {}
    const answer = new Promise<Answer | undefined>((resolve) => {
      end = (value) => {
        here.delete(key)
        resolve(value)
      }
    })
    const flight: Here = { answer, end, etaMs: null, listeners: [] }
    here.set(key, flight)
    return flight
  }

  function ours(key: string, flight: Here): Flight {
    return {
      kind: 'ours',
      // The claim in the database ends with the commit of the answer.
      settle: (answer) => flight.end(answer),
      wait: (etaMs) => {
        flight.etaMs = etaMs
        for (const listener of flight.listeners) listener(etaMs)
      },
      giveUp: () => {
        // Only then: who asks again claims anew, and this must not take that claim away.
        void releaseFlights(sql, owner(), [key])
          .catch(() => {})
          .finally(() => flight.end(undefined))
      },
    }
  }

  function joined(flight: Here): Flight {
    return {
      kind: 'joined',
      answer: flight.answer,
      onWait: (listener) => {
        flight.listeners.push(listener)
        if (flight.etaMs !== null) listener(flight.etaMs)
      },
    }
  }

  /** Waits until other processes have answered or given up, then ends the flights here with what they wrote. */
  async function watchOthers(): Promise<void> {
    try {
      while (watched.size > 0) await landThose()
    } catch {
      for (const { flight: waiting } of watched.values()) waiting.end(undefined)
      watched.clear()
    }
    // In the same turn as the last look: who comes later must find that nobody watches.
    watching = null
  }

  async function landThose(): Promise<void> {
    await sleep(askOthersEveryMs, undefined, { signal: closing.signal })
    const keys = [...watched.keys()]
    const flying = await throughOutage(closing.signal, () => stillFlying(sql, keys))
    const landed = keys.filter((key) => !flying.has(key))
    if (landed.length === 0) return
    const sinceMs = Math.min(...landed.map((key) => watched.get(key)!.sinceMs))
    const answers = await throughOutage(closing.signal, () => answersSince(sql, landed, sinceMs))
    for (const key of landed) {
      watched.get(key)!.flight.end(answers.get(key))
      watched.delete(key)
    }
  }

  function watch(key: string, flight: Here, sinceMs: number): void {
    watched.set(key, { flight, sinceMs })
    watching ??= watchOthers()
  }

  return {
    async board(keys, signal) {
      const started = clock.now()
      const fresh = new Map<string, Here>()
      const boarded = new Map<number, Here>()
      for (const [index, key] of keys.entries()) {
        const flying = here.get(key)
        if (flying) boarded.set(index, flying)
        else fresh.set(key, takeOff(key))
      }
      let claimed = new Set<string>()
      try {
        if (fresh.size > 0) claimed = await throughOutage(signal, () => claimFlights(sql, owner(), [...fresh.keys()]))
      } catch (error) {
        for (const flight of fresh.values()) flight.end(undefined)
        throw error
      }
      // A little before: the other process may have answered between our look into the cache and our claim.
      for (const [key, flight] of fresh) if (!claimed.has(key)) watch(key, flight, started - 2_000)
      return keys.map((key, index) => {
        const flight = boarded.get(index) ?? fresh.get(key)!
        return claimed.has(key) && !boarded.has(index) ? ours(key, flight) : joined(flight)
      })
    },
    async close() {
      closing.abort()
      await watching
      for (const flight of here.values()) flight.end(undefined)
    },
  }
}
