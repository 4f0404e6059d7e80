import { inspect } from 'node:util'

/** A promise that was not kept. */
export class Broken extends Error {
  readonly expected: string
  readonly came: string

  constructor(expected: string, came: unknown) {
    super(expected)
    this.expected = expected
    this.came = show(came)
  }
}

export function demand(kept: boolean, expected: string, came: unknown): asserts kept {
  if (!kept) throw new Broken(expected, came)
}

/** Fails unless both have the same JSON. */
export function demandEqual(came: unknown, wanted: unknown, what: string): void {
  demand(JSON.stringify(came) === JSON.stringify(wanted), `${what} is ${show(wanted)}`, came)
}

const SHOWN_CHARACTERS = 400

export function show(value: unknown): string {
  const text =
    typeof value === 'string' ? value : inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 200 })
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}
