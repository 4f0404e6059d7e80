import type { Clock } from '../clock/clock.ts'
import { type Ledger, openLedger } from './ledger.ts'
import type { SharedStore } from './open-rate-limit.ts'
import type { Window } from './rate-limit.ts'

/** A limit on what each key may spend within a window. Windows begin at whole multiples of their length since 1970. */
export type Budget = Window & { name: string }

/** Whose points: those of this key, in this budget. */
export type Purse = { budget: Budget; key: string }

/** How a key stands in a budget. */
export type Balance = { budget: Budget; remaining: number; resetMs: number }

/** `short` is the budget that lacks room; then nothing was taken from any. */
export type Spending = { allowed: true; tightest: Balance } | { allowed: false; short: Balance }

/** What one key spent in the present window: here, told to the ledger so far, and by the other processes. */
type Count = { key: string; mine: number; told: number; others: number }
type Book = { budget: Budget; ledger: Ledger | undefined; window: number; counts: Map<string, Count>; news: Set<Count> }

/** Below this share of a budget a process keeps its count to itself: most callers never cost a round trip. */
const quietShare = 0.05
/** Above it each spending is told at once: near the limit processes must agree. */
const tightShare = 0.8
const tellEveryMs = 200
const largestBook = 100_000

/**
 * Budgets that are asked on every request. A decision is made here, without waiting, from what is known; processes tell
 * one another through the ledger a moment later. N processes together may overspend a budget by (N - 1) × 5 %, and by
 * what they take during one exchange. While the ledger is away each goes on from what was last known of all, and what
 * it counts meanwhile is told when the ledger is back.
 */
export class Budgets {
  readonly #books: Map<Budget, Book>
  readonly #clock: Clock
  #telling: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #urgent = false
  #away = false
  #closed = false

  constructor(store: SharedStore, budgets: readonly Budget[], clock: Clock) {
    this.#clock = clock
    this.#books = new Map(
      budgets.map((budget) => {
        const ledger = openLedger(store, budget.name, budget)
        return [budget, { budget, ledger, window: -1, counts: new Map(), news: new Set() }]
      }),
    )
  }

  /** Takes the points from each of these purses, or from none. */
  spend(purses: readonly Purse[], points: number): Spending {
    const nowMs = this.#clock.now()
    const counts = purses.map(({ budget, key }) => this.#countOf(budget, key, nowMs))
    let tightest: Balance | undefined
    for (const [index, { budget }] of purses.entries()) {
      const { mine, others } = counts[index]!
      const room = budget.points - mine - others
      if (points > room) return { allowed: false, short: balance(budget, room, nowMs) }
      if (!tightest || room - points < tightest.remaining) tightest = balance(budget, room - points, nowMs)
    }
    for (const [index, { budget }] of purses.entries()) this.#take(budget, counts[index]!, points)
    if (!tightest) throw new RangeError('spend needs at least one purse')
    return { allowed: true, tightest }
  }

  /** Whether the processes count together at the moment. */
  get shared(): boolean {
    return !this.#away
  }

  /** Tells what is still to be told. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#telling
    await this.#tell()
  }

  #countOf(budget: Budget, key: string, nowMs: number): Count {
    const book = this.#books.get(budget)!
    const window = Math.floor(nowMs / 1000 / budget.durationSeconds)
    if (book.window !== window) Object.assign(book, { window, counts: new Map(), news: new Set() })
    let count = book.counts.get(key)
    if (count) return count
    // Whoever comes from ever new addresses pushes out the oldest, not the machine's memory.
    if (book.counts.size >= largestBook) book.counts.delete(book.counts.keys().next().value!)
    count = { key, mine: 0, told: 0, others: 0 }
    book.counts.set(key, count)
    return count
  }

  #take(budget: Budget, count: Count, points: number): void {
    const book = this.#books.get(budget)!
    count.mine += points
    if (!book.ledger || count.mine < budget.points * quietShare) return
    book.news.add(count)
    const isTight = count.mine + count.others > budget.points * tightShare
    this.#tellSoon(isTight && !this.#away)
  }

  #tellSoon(urgent: boolean): void {
    if (this.#closed || (this.#timer && (!urgent || this.#urgent))) return
    this.#urgent = urgent
    if (this.#telling) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#tellNow(), urgent ? 0 : tellEveryMs)
    this.#timer.unref()
  }

  async #tellNow(): Promise<void> {
    this.#timer = undefined
    this.#urgent = false
    this.#telling = this.#tell()
    await this.#telling
    this.#telling = undefined
    if ([...this.#books.values()].some((book) => book.news.size > 0)) this.#tellSoon(this.#urgent && !this.#away)
  }

  async #tell(): Promise<void> {
    const books = [...this.#books.values()]
    const told = await Promise.all(books.flatMap((book) => Array.from(book.news, (count) => tell(book, count))))
    if (told.length > 0) this.#away = told.includes(false)
  }
}

/** @returns whether the ledger answered. What it did not take is told again. */
async function tell(book: Book, count: Count): Promise<boolean> {
  const points = count.mine - count.told
  book.news.delete(count)
  if (points === 0) return true
  const { news } = book
  count.told += points
  try {
    const sum = await book.ledger!.add(`${count.key}:${book.window}`, points)
    // A ledger that forgot knows less than this process alone told it; what was known of others stays known.
    if (sum < count.told) {
      count.told = sum
      news.add(count)
    }
    count.others = Math.max(count.others, sum - count.told)
    return true
  } catch {
    count.told -= points
    news.add(count)
    return false
  }
}

function balance(budget: Budget, remaining: number, nowMs: number): Balance {
  const lengthMs = budget.durationSeconds * 1000
  return { budget, remaining: Math.max(0, remaining), resetMs: lengthMs - (nowMs % lengthMs) }
}
