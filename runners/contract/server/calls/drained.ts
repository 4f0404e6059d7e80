import type { EventEmitter } from 'node:events'
import type { CancelSignal } from '../../executor.ts'

/** Settles when a full stream takes more, or when nobody listens any longer. */
export function drained(stream: EventEmitter, signal: CancelSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      stream.off('drain', go)
      signal.removeEventListener('abort', go)
      resolve()
    }
    stream.once('drain', go)
    signal.addEventListener('abort', go, { once: true })
    if (signal.aborted) go()
  })
}
