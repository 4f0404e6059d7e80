import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import type { Consumption, RateLimit, Window } from './rate-limit.ts'

type Taken = { limiter: RateLimiterAbstract; ok: boolean; remaining: number; resetMs: number }

// A timer of Node holds 2^31 ms; a longer one fires at once and would forget the window.
const longestSeconds = Math.floor((2 ** 31 - 1) / 1000)

/** One limit of several windows, each counted by the limiter that `open` makes for it. What both twins share. */
export function limitWindows(windows: Window[], open: (window: Window) => RateLimiterAbstract): RateLimit {
  refuseImpossible(windows)
  const limiters = windows.map(open)
  return {
    async consume(key, points = 1) {
      const taken = await Promise.all(limiters.map((limiter) => take(limiter, key, points)))
      const refused = taken.filter((one) => !one.ok)
      if (refused.length > 0) await Promise.all(taken.map((one) => giveBack(one, key, points)))
      return summarize(taken, refused)
    },
    async refund(key, points = 1) {
      await Promise.all(
        limiters.map(async (limiter) => {
          const used = await limiter.get(key)
          // A window that ended meanwhile owes nothing: a negative count would lend points to the next one.
          if (used && used.consumedPoints > 0) await limiter.reward(key, Math.min(points, used.consumedPoints))
        }),
      )
    },
    async reset(key) {
      await Promise.all(limiters.map((limiter) => limiter.delete(key)))
    },
  }
}

async function take(limiter: RateLimiterAbstract, key: string, points: number): Promise<Taken> {
  try {
    const result = await limiter.consume(key, points)
    return { limiter, ok: true, remaining: result.remainingPoints, resetMs: result.msBeforeNext }
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    const remaining = Math.max(0, limiter.points - (refusal.consumedPoints - points))
    return { limiter, ok: false, remaining, resetMs: refusal.msBeforeNext }
  }
}

/** The library counts a refused attempt too; here it costs nothing. */
async function giveBack(taken: Taken, key: string, points: number): Promise<void> {
  if (taken.resetMs > 0) await taken.limiter.reward(key, points)
}

function summarize(taken: Taken[], refused: Taken[]): Consumption {
  const tightest = taken.reduce((least, one) => (one.remaining < least.remaining ? one : least))
  return {
    allowed: refused.length === 0,
    remaining: tightest.remaining,
    resetMs: Math.max(0, tightest.resetMs),
    retryAfterMs: Math.max(0, ...refused.map((one) => one.resetMs)),
  }
}

function refuseImpossible(windows: Window[]): void {
  if (windows.length === 0) throw new RangeError('A rate limit needs at least one window.')
  for (const { points, durationSeconds } of windows) {
    if (!Number.isInteger(points) || points < 1)
      throw new RangeError(`points must be a whole number from 1, not ${points}`)
    if (!Number.isInteger(durationSeconds) || durationSeconds < 1 || durationSeconds > longestSeconds) {
      throw new RangeError(
        `durationSeconds must be a whole number from 1 to ${longestSeconds} (24 days), not ${durationSeconds}`,
      )
    }
  }
}
