import type { Claim, IndicatorView, RequestView, Row, RowState, VerdictLevel } from '../../api/shapes.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'
import type { Terminal } from '../../terminal/terminal.ts'

const levelStyle = { malicious: 'red', suspicious: 'yellow', benign: 'green', unknown: 'gray' } as const
const levelIcon: Record<VerdictLevel, string> = { malicious: '✗', suspicious: '!', benign: '✓', unknown: '?' }
const stateWords: Record<RowState, string> = {
  queued: 'queued',
  running: 'running',
  found: 'found',
  'not-found': 'no record',
  skipped: 'skipped',
  failed: 'FAILED',
}
/** Up to this many indicators are shown with all their rows. */
const shownInFull = 3

/** For people: a verdict with its claims and rows each, or one line each when they are many. */
export function showVerdicts(view: RequestView, terminal: Terminal, allRows: boolean): void {
  if (allRows || view.indicators.length <= shownInFull) {
    view.indicators.forEach((indicator, i) => {
      if (i > 0) terminal.out('')
      showIndicator(indicator, terminal)
    })
    return
  }
  const rows = view.indicators.map((indicator) => [
    level(indicator.verdict.level, terminal),
    String(indicator.verdict.score),
    printableLine(indicator.defanged),
    indicator.kind,
    printableLine(indicator.verdict.summary),
  ])
  for (const line of table(['VERDICT', 'SCORE', 'INDICATOR', 'KIND', 'WHY'], rows, terminal.columns)) terminal.out(line)
  terminal.err('All rows: add --rows.')
}

/** For programs: one line a row, raw values, tabs between. */
export function showPlain(view: RequestView, terminal: Terminal): void {
  for (const { value, kind, verdict, rows } of view.indicators) {
    for (const row of rows) {
      const said = row.result?.summary ?? row.reason?.detail ?? ''
      const cells = [value, kind, verdict.level, row.source.slug, row.state, said]
      terminal.out(cells.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t'))
    }
  }
}

function showIndicator({ defanged, kind, verdict, rows }: IndicatorView, terminal: Terminal): void {
  const { paint } = terminal
  const open = verdict.final ? '' : ' · not final'
  terminal.out(`${paint('bold', printableLine(defanged))}  ${kind}`)
  terminal.out(
    `${level(verdict.level, terminal)}  score ${verdict.score} · confidence ${verdict.confidence}${open} · ${printableLine(verdict.summary)}`,
  )
  showClaims('for', verdict.agree, terminal)
  showClaims('against', verdict.disagree, terminal)
  const lines = rows.map((row) => [row.source.slug, state(row, terminal), printableLine(sayingOf(row))])
  for (const line of table(['SOURCE', 'STATE', 'SAYS'], lines, terminal.columns, '  ')) terminal.out(line)
}

function showClaims(title: string, claims: Claim[], terminal: Terminal): void {
  if (claims.length === 0) return
  const words = claims.map((claim) => `${claim.name}: ${printableLine(claim.says || claim.level)}`)
  terminal.out(`  ${title}: ${words.join('; ')}`)
}

function sayingOf({ result, reason, eta, cached }: Row): string {
  const age = cached ? ` (cached, ${ageOf(cached.ageSeconds)} old)` : ''
  if (result) return `${result.summary}${age}`
  if (reason) return reason.detail
  return eta ? `expected ${eta}` : age.trim()
}

function ageOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

function level(name: VerdictLevel, { paint }: Terminal): string {
  return paint(levelStyle[name], `${levelIcon[name]} ${name}`)
}

function state({ state: name }: Row, { paint }: Terminal): string {
  if (name === 'failed') return paint('red', stateWords.failed)
  return name === 'found' ? stateWords.found : paint('gray', stateWords[name])
}
