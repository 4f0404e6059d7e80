import type { IndicatorView } from '../../../../api/types.ts'

const columns = [
  'kind',
  'value',
  'verdict',
  'final',
  'score',
  'summary',
  'found',
  'no record',
  'skipped',
  'failed',
  'pending',
]

/** One line per indicator, as shown. A cell that a spreadsheet would run as a formula is made text. */
export function toCsv(indicators: readonly IndicatorView[]): string {
  const lines = indicators.map((indicator) => {
    const count = (state: string) => indicator.rows.filter((row) => row.state === state).length
    const { level, final, score, summary, pending } = indicator.verdict
    return [
      indicator.kind,
      indicator.defanged,
      level,
      String(final),
      String(score),
      summary,
      String(count('found')),
      String(count('not-found')),
      String(count('skipped')),
      String(count('failed')),
      String(pending),
    ]
  })
  return [columns, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\r\n')
}

function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

export const toRaw = (indicators: readonly IndicatorView[]) => indicators.map(({ value }) => value).join('\n')
export const toDefanged = (indicators: readonly IndicatorView[]) =>
  indicators.map(({ defanged }) => defanged).join('\n')
