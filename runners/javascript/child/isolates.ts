import { SourceIsolate } from './isolate.ts'

/** What most versions ask for: the runner's default. */
const USUAL_BYTES = 64 * 1024 * 1024
const REFILL_AFTER_MS = 5

/**
 * Gives isolates that are locked down and empty, one of the usual size made ahead: 4 ms that a new version need not wait for.
 * Every isolate is given once; none goes from one version to another.
 */
export function makeIsolates(kit: string): (memoryBytes: number) => SourceIsolate {
  let spare: SourceIsolate | undefined = new SourceIsolate(kit, USUAL_BYTES)
  const refill = () => {
    spare ??= new SourceIsolate(kit, USUAL_BYTES)
  }
  return (memoryBytes) => {
    if (memoryBytes !== USUAL_BYTES || !spare) return new SourceIsolate(kit, memoryBytes)
    const taken = spare
    spare = undefined
    setTimeout(refill, REFILL_AFTER_MS)
    return taken
  }
}
