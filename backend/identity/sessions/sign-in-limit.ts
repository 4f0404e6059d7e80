import { openRateLimit, type SharedStore } from '../../foundation/index.ts'

export type SignInLimit = {
  /** Counts an attempt at an account from an address; `retryAfterMs` above 0 refuses it. */
  attempt(address: string, email: string): Promise<{ retryAfterMs: number }>
  /** Counts an attempt from an address that the account has never signed in from. */
  attemptAsStranger(email: string): Promise<{ retryAfterMs: number }>
  /** The password was right: the attempt was no guess. */
  forgive(address: string, email: string): Promise<void>
}

/**
 * In a quarter of an hour: ten guesses at one account from one address, sixty from one address at all accounts, and a
 * hundred at one account from all addresses where its owner was never seen. A stranger can use up only the last one, and
 * with it lock out nobody who comes from where they have signed in before.
 */
export function openSignInLimit(store: SharedStore = {}): SignInLimit {
  const open = (name: string, points: number) =>
    openRateLimit({ ...store, name, windows: [{ points, durationSeconds: 15 * 60 }] })
  const perAccount = open('sign-in-account', 10)
  const perAddress = open('sign-in-address', 60)
  const perStrangers = open('sign-in-strangers', 100)
  const account = (address: string, email: string) => `${address} ${email.toLowerCase()}`
  return {
    async attempt(address, email) {
      const ofAddress = await perAddress.consume(address)
      if (!ofAddress.allowed) return ofAddress
      return perAccount.consume(account(address, email))
    },
    attemptAsStranger: (email) => perStrangers.consume(email.toLowerCase()),
    async forgive(address, email) {
      await Promise.all([perAccount.reset(account(address, email)), perAddress.refund(address)])
    },
  }
}
