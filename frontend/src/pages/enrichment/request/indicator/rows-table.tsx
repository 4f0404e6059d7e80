import type { IndicatorView, RequestView, Row } from '../../../../api/types.ts'
import { without } from '../../../../search.ts'
import type { ChangeSearch, RequestSearch } from '../../../../search.ts'
import { useShortcuts } from '../../../../shell/keyboard.ts'
import { useCursor } from '../../../../shell/use-cursor.ts'
import { Button } from '../../../../ui/button.tsx'
import { RowLine } from '../row/row-line.tsx'
import { rowStates } from '../list/select-indicators.ts'

type Props = {
  view: RequestView
  indicator: IndicatorView
  search: RequestSearch
  onSearch: ChangeSearch<RequestSearch>
}

/** What was said stands first, then what is still coming, then the empty, the skipped; failures before the skipped. */
const rank: Record<Row['state'], number> = { found: 0, running: 1, queued: 2, failed: 3, 'not-found': 4, skipped: 5 }
const claimRank: Record<string, number> = { malicious: 0, suspicious: 1, benign: 2 }

function inOrder(rows: readonly Row[]): Row[] {
  const claim = (row: Row) => claimRank[row.result?.verdict ?? ''] ?? 3
  return rows.toSorted(
    (a, b) => rank[a.state] - rank[b.state] || claim(a) - claim(b) || a.source.name.localeCompare(b.source.name),
  )
}

export function RowsTable({ view, indicator, search, onSearch }: Props) {
  const states = rowStates(search.state)
  const rows = inOrder(indicator.rows).filter((row) => !states || states.includes(row.state))
  const hidden = indicator.rows.length - rows.length
  const toggle = (row: Row | undefined) => {
    if (!row) return
    const { slug } = row.source
    onSearch((now) => ({ ...without(now, 'source', 'tab'), ...(now.source === slug ? {} : { source: slug }) }), {
      replace: search.source !== undefined,
    })
  }
  const [cursor, setCursor] = useCursor({ length: rows.length, onOpen: (index) => toggle(rows[index]) })
  useShortcuts({ Escape: () => onSearch((now) => without(now, 'source', 'tab')) }, search.source !== undefined)
  return (
    <section aria-label="Answers by source" className="overflow-hidden rounded-lg border border-line bg-surface">
      <div className="flex h-10 items-center justify-between gap-3 border-b border-line px-4">
        <h2 className="text-sm font-semibold">
          {indicator.rows.length} {indicator.rows.length === 1 ? 'source' : 'sources'}
        </h2>
        {hidden > 0 && (
          <span className="flex items-center gap-1 text-xs text-muted">
            {hidden} hidden by the state filter
            <Button size="small" look="ghost" onClick={() => onSearch((now) => without(now, 'state'))}>
              Show all
            </Button>
          </span>
        )}
      </div>
      {indicator.rows.length === 0 && (
        <p className="px-4 py-6 text-center text-sm text-muted">No chosen source knows this kind of indicator.</p>
      )}
      <ul>
        {rows.map((row, index) => (
          <RowLine
            key={row.source.slug}
            view={view}
            indicator={indicator}
            row={row}
            final={indicator.verdict.final}
            current={index === cursor}
            open={search.source === row.source.slug}
            tab={search.tab ?? 'facts'}
            onToggle={() => {
              setCursor(index)
              toggle(row)
            }}
            onTab={(tab) => onSearch((now) => ({ ...now, tab }))}
          />
        ))}
      </ul>
    </section>
  )
}
