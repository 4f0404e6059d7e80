import { SourceIsolate } from './isolate.ts'
import type { Kit } from './isolate.ts'

/** What most versions ask for: the runner's default. */
const USUAL_BYTES = 64 * 1024 * 1024
/** Two, since new sources often come in a row: those beyond pay for their isolate themselves, some 3 ms. */
const SPARES = 2
const REFILL_AFTER_MS = 2

/**
 * Gives isolates that are locked down and empty, those of the usual size made ahead: 3 ms that a new version need not wait for.
 * Every isolate is given once; none goes from one version to another.
 */
export function makeIsolates(text: string): (memoryBytes: number) => SourceIsolate {
  const kit: Kit = { text }
  const spares = [new SourceIsolate(kit, USUAL_BYTES)]
  let refilling: NodeJS.Timeout | undefined
  const refill = () => {
    refilling = undefined
    spares.push(new SourceIsolate(kit, USUAL_BYTES))
    refillLater()
  }
  // One at a time: what comes meanwhile has its turn between two.
  const refillLater = () => {
    if (spares.length < SPARES) refilling ??= setTimeout(refill, REFILL_AFTER_MS)
  }
  return (memoryBytes) => {
    const taken = memoryBytes === USUAL_BYTES ? spares.shift() : undefined
    refillLater()
    return taken ?? new SourceIsolate(kit, memoryBytes)
  }
}
