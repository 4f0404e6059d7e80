import { openRateLimit, type RateLimitOptions } from '../../foundation/index.ts'

export type SignInLimit = {
  /** Counts an attempt; `retryAfterMs` above 0 refuses it. */
  attempt(address: string, email: string): Promise<{ retryAfterMs: number }>
  /** The password was right: the attempt was no guess. */
  forgive(address: string, email: string): Promise<void>
}

/** Ten guesses at one account from one address, and sixty from one address at all accounts, in a quarter of an hour. */
export function openSignInLimit(options: Pick<RateLimitOptions, 'redis'> = {}): SignInLimit {
  const quarterHour = 15 * 60
  const perAccount = openRateLimit({
    ...options,
    name: 'sign-in-account',
    windows: [{ points: 10, durationSeconds: quarterHour }],
  })
  const perAddress = openRateLimit({
    ...options,
    name: 'sign-in-address',
    windows: [{ points: 60, durationSeconds: quarterHour }],
  })
  const account = (address: string, email: string) => `${address} ${email.toLowerCase()}`
  return {
    async attempt(address, email) {
      const ofAddress = await perAddress.consume(address)
      if (!ofAddress.allowed) return ofAddress
      return perAccount.consume(account(address, email))
    },
    async forgive(address, email) {
      await Promise.all([perAccount.reset(account(address, email)), perAddress.refund(address)])
    },
  }
}
