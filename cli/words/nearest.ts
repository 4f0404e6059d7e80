/** The word that was probably meant, if one is near enough: a third of its letters may be wrong, at least one. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  let best: { word: string; distance: number } | undefined
  for (const word of words) {
    const distance = word.startsWith(typed) && typed.length > 1 ? 0.5 : editDistance(typed, word)
    if (distance <= Math.max(1, Math.floor(word.length / 3)) && distance < (best?.distance ?? Infinity))
      best = { word, distance }
  }
  return best?.word
}

/** Letters inserted, dropped, replaced, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(rows, i - 1, j - 1) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(rows, i - 2, j - 2) + 1)
      row[j] = least
    }
    rows.push(row)
  }
  return at(rows, a.length, b.length)
}

function at(rows: number[][], i: number, j: number): number {
  return rows[i]?.[j] ?? Infinity
}
