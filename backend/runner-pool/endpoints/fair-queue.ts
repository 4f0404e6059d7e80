/** A queue that takes turns between keys: a source with a thousand waiting calls delays another by one at most. */
export class FairQueue<T> {
  // A Map keeps insertion order: the first key has the next turn, a served key goes to the end.
  readonly #byKey = new Map<string, Set<T>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  push(key: string, item: T): void {
    const items = this.#byKey.get(key)
    if (items) items.add(item)
    else this.#byKey.set(key, new Set([item]))
    this.#size += 1
  }

  remove(key: string, item: T): void {
    const items = this.#byKey.get(key)
    if (!items?.delete(item)) return
    this.#size -= 1
    if (items.size === 0) this.#byKey.delete(key)
  }

  /** Offers each key's oldest item in turn; what `take` accepts leaves the queue. Ends after a round without a taker. */
  serve(take: (item: T) => boolean): void {
    for (let taken = true; taken && this.#size > 0;) {
      taken = false
      for (const [key, items] of [...this.#byKey]) {
        const [oldest] = items
        if (oldest === undefined || !take(oldest)) continue
        taken = true
        this.remove(key, oldest)
        if (this.#byKey.delete(key)) this.#byKey.set(key, items)
      }
    }
  }
}
