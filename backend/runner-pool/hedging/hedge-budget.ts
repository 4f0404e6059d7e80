const share = 0.03
const mostSaved = 5

/** Second tries are at most 3 % of all calls: when everything is slow, they would only make it slower. */
export class HedgeBudget {
  #saved = 1

  /** To be told of each call. */
  earn(): void {
    this.#saved = Math.min(mostSaved, this.#saved + share)
  }

  /** @returns whether a second try may be made; it is then paid for. */
  spend(): boolean {
    if (this.#saved < 1) return false
    this.#saved -= 1
    return true
  }
}
