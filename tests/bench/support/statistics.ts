/** The middle of several rounds, and how far they lie apart. */
export type Spread = { median: number; least: number; most: number }

/** The value below which the share `at` (0 to 1) of all values lies; 0 for none. */
export function quantile(values: number[], at: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))] ?? 0
}

export function spreadOf(rounds: number[]): Spread {
  return { median: quantile(rounds, 0.5), least: Math.min(...rounds), most: Math.max(...rounds) }
}

/** `0.52 (0.49–0.61)`. */
export function showSpread({ median, least, most }: Spread, digits: number): string {
  const show = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return `${show(median)} (${show(least)}–${show(most)})`
}
