/** The promise's value, or 'late' after `leftMs`, or 'aborted'. The promise goes on: others may wait for it. */
export function untilDeadline<T>(
  promise: Promise<T>,
  leftMs: number,
  signal: AbortSignal | undefined,
): Promise<T | 'late' | 'aborted'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => resolve('late')), Math.max(0, leftMs))
    const onAbort = () => settle(() => resolve('aborted'))
    const settle = (how: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      how()
    }
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}

/** Waits, or less when the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await untilDeadline(new Promise<never>(() => {}), ms, signal)
}
