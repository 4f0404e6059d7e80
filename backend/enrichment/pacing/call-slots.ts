/** A bounded number of calls at once, handed out in turn between requests: a large one does not starve a small one. */
export type CallSlots = {
  /** Runs work in a slot; waits in the line of `request` while none is free. */
  run<T>(request: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export function openCallSlots(most: number): CallSlots {
  let free = most
  // Insertion order is the turn order: a line that was served goes to the end.
  const lines = new Map<string, (() => void)[]>()

  function serveNext(): void {
    while (free > 0) {
      const next = lines.entries().next()
      if (next.done) return
      const [request, line] = next.value
      lines.delete(request)
      const start = line.shift()
      if (line.length > 0) lines.set(request, line)
      if (!start) continue
      free -= 1
      start()
    }
  }

  return {
    async run(request, signal, work) {
      await new Promise<void>((resolve) => {
        const line = lines.get(request)
        if (line) line.push(resolve)
        else lines.set(request, [resolve])
        serveNext()
      })
      try {
        signal.throwIfAborted()
        return await work()
      } finally {
        free += 1
        serveNext()
      }
    },
  }
}
