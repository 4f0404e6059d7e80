import { RateLimiterMemory } from 'rate-limiter-flexible'
import { limitWindows } from './limit-windows.ts'
import type { RateLimit, Window } from './rate-limit.ts'

/** Counts in this process. */
export function openMemoryRateLimit(name: string, windows: Window[]): RateLimit {
  return limitWindows(windows, (window) => memoryLimiter(name, window))
}

export function memoryLimiter(name: string, window: Window): RateLimiterMemory {
  return new RateLimiterMemory({
    keyPrefix: `limit:${name}:${window.durationSeconds}`,
    points: window.points,
    duration: window.durationSeconds,
  })
}
