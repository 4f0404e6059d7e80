import { randomBytes } from 'node:crypto'

/** Random words, each in one place where an attack must not get it, and where they came out all the same. */
export class Canaries {
  readonly #places = new Map<string, string>()

  /** A new word for a place, such as "the environment". */
  plant(place: string): string {
    const word = `canary${randomBytes(12).toString('hex')}`
    this.#places.set(place, word)
    return word
  }

  /** The places whose words are in the text: as they are, backwards, in base64 or hexadecimal. */
  foundIn(text: string): string[] {
    const squeezed = text.replaceAll(/[^A-Za-z0-9+/]/g, '')
    return [...this.#places]
      .filter(([, word]) => spellings(word).some((each) => squeezed.includes(each)))
      .map(([place]) => place)
  }
}

function spellings(word: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from(' '.repeat(offset) + word).toString('base64')
    // What depends on the neighbouring bytes is left out.
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  return [word, [...word].toReversed().join(''), Buffer.from(word).toString('hex'), ...base64]
}
