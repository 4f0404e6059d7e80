import { SourceIsolate } from './isolate.ts'

/** What is left of code that was checked goes with its isolate, after so many characters; a check counts for some besides its code. */
const CHARACTERS_PER_ISOLATE = 512 * 1024
const CHARACTERS_PER_CHECK = 4 * 1024

/**
 * Compiles without running anything, and gives the hooks that the code exports; throws CodeError, or what isolated-vm throws for memory.
 * Since nothing runs, code of many versions may pass through one isolate, which needs no kit.
 */
export function makeCheck(): (code: string, memoryBytes: number) => string[] {
  let isolate: SourceIsolate | undefined
  let characters = 0
  return (code, memoryBytes) => {
    if (!isolate || isolate.isGone || isolate.memoryBytes !== memoryBytes || characters > CHARACTERS_PER_ISOLATE) {
      isolate?.dispose()
      isolate = new SourceIsolate(undefined, memoryBytes)
      characters = 0
    }
    characters += code.length + CHARACTERS_PER_CHECK
    isolate.compile(code)
    return isolate.exportedHooks()
  }
}
