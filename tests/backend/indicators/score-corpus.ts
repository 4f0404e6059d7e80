import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { INDICATOR_KINDS } from '../../../backend/indicators/index.ts'
import type { Indicator, IndicatorKind } from '../../../backend/indicators/index.ts'

export type LabelledText = { name: string; style: string; text: string; expected: Indicator[] }
export type Score = { found: number; right: number; expected: number; precision: number; recall: number; f1: number }
export type Mistake = { name: string; kind: IndicatorKind; value: string; sort: 'missed' | 'invented' }
export type CorpusScore = { all: Score; byKind: Map<IndicatorKind, Score>; mistakes: Mistake[] }

const FOLDER = join(import.meta.dirname, 'corpus')
const HELD_OUT = 'held-out'

/** The labelled texts: those that rules were tuned on, or those that were only ever scored. */
export function loadCorpus(part: 'tuned' | 'held-out' | 'all'): LabelledText[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'))
  const chosen = files.filter((file) => part === 'all' || file.startsWith(HELD_OUT) === (part === 'held-out'))
  return chosen.toSorted().flatMap((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as LabelledText[])
}

/** Compares what an extractor finds with the labels, as sets of (kind, canonical value) per text, summed over all texts. */
export function scoreCorpus(
  texts: LabelledText[],
  extract: (text: string) => Indicator[],
  kinds: readonly IndicatorKind[] = INDICATOR_KINDS,
): CorpusScore {
  const counts = new Map(kinds.map((kind) => [kind, { found: 0, right: 0, expected: 0 }]))
  const mistakes: Mistake[] = []
  for (const { name, text, expected } of texts) {
    const wanted = new Map(expected.filter(({ kind }) => counts.has(kind)).map((one) => [keyOf(one), one]))
    const found = new Map(
      extract(text)
        .filter(({ kind }) => counts.has(kind))
        .map((one) => [keyOf(one), one]),
    )
    for (const [key, { kind, value }] of found) {
      const count = counts.get(kind)!
      count.found++
      if (wanted.has(key)) count.right++
      else mistakes.push({ name, kind, value, sort: 'invented' })
    }
    for (const [key, { kind, value }] of wanted) {
      counts.get(kind)!.expected++
      if (!found.has(key)) mistakes.push({ name, kind, value, sort: 'missed' })
    }
  }
  const byKind = new Map([...counts].map(([kind, count]) => [kind, withRates(count)]))
  const sum = [...counts.values()].reduce((a, b) => ({
    found: a.found + b.found,
    right: a.right + b.right,
    expected: a.expected + b.expected,
  }))
  return { all: withRates(sum), byKind, mistakes }
}

/** One line a kind, for people. */
export function formatScore(title: string, { all, byKind }: CorpusScore): string {
  const rows = [...byKind].filter(([, score]) => score.expected + score.found > 0)
  const lines = [...rows, ['all', all] as const].map(([kind, { precision, recall, f1, expected }]) => {
    return `${kind.padEnd(13)} ${[precision, recall, f1].map((rate) => rate.toFixed(3)).join('  ')}  ${expected}`
  })
  return [title, 'kind          P      R      F1     labels', ...lines].join('\n')
}

function withRates(count: { found: number; right: number; expected: number }): Score {
  const precision = count.found === 0 ? 1 : count.right / count.found
  const recall = count.expected === 0 ? 1 : count.right / count.expected
  return {
    ...count,
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  }
}

function keyOf({ kind, value }: Indicator): string {
  return `${kind} ${value}`
}
