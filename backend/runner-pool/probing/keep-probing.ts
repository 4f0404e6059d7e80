import type { Endpoint } from '../endpoints/endpoint.ts'
import { probeEndpoint } from './probe-endpoint.ts'

export type Prober = {
  /** Resolves after the first probe. */
  first: Promise<void>
  /** Probes at once; a good answer that is on its way is thrown away, for it may be older than the news. */
  hurry(): void
  stop(): void
}

export type ProberOptions = {
  token: string | undefined
  everyMs: number
  timeoutMs: number
  /** Called after each probe. */
  onAnswer(): void
}

const restWhileAwayMs = 150

/** Asks one runner again and again: seldom while it serves, often while it does not, so that it returns quickly. */
export function keepProbing(endpoint: Endpoint, options: ProberOptions): Prober {
  let stopped = false
  let outdated = false
  let wake: (() => void) | undefined

  async function probe(): Promise<void> {
    for (let again = true; again;) {
      outdated = false
      const answer = await probeEndpoint(endpoint, options.token, options.timeoutMs)
      if (stopped) return
      again = outdated && answer.kind === 'answered' ? true : endpoint.learn(answer)
    }
    options.onAnswer()
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      await rest(endpoint.state === 'serving' ? options.everyMs : Math.min(options.everyMs, restWhileAwayMs))
      if (!stopped) await probe()
    }
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // Jitter keeps many backends from asking in step.
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2))
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  const first = probe()
  void first.then(loop)
  return {
    first,
    hurry: () => {
      outdated = true
      wake?.()
    },
    stop: () => {
      stopped = true
      wake?.()
    },
  }
}
