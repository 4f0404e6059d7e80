import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import type { FoundIndicator } from '../../../../api/types.ts'
import { useKinds } from '../../../../indicator/kinds.tsx'
import { useCursor } from '../../../../shell/use-cursor.ts'
import { FoundGroup, FoundRow } from './found-row.tsx'
import type { Plan } from '../use-plan.ts'

type Line =
  | { type: 'group'; kind: string; members: FoundIndicator[] }
  | { type: 'row'; indicator: FoundIndicator; index: number }

/** What the text holds, by kind, with ticks. Only what is ticked is asked about. */
export function FoundTable({ plan }: { plan: Plan }) {
  const kinds = useKinds()
  const { lines, rows } = useMemo(() => byKind(plan.indicators), [plan.indicators])
  const box = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (lines[index]?.type === 'group' ? 32 : 30),
    overscan: 12,
  })
  const [cursor] = useCursor({
    length: rows.length,
    onMark: (index) => toggle(rows[index]),
    onMove: (index) => list.scrollToIndex(lines.findIndex((line) => line.type === 'row' && line.index === index)),
  })
  const toggle = (indicator: FoundIndicator | undefined) => {
    if (indicator) plan.tick(!plan.isTicked(indicator), [indicator])
  }
  return (
    <section aria-label="Found in the text" className="rounded-lg border border-line bg-surface">
      <div className="flex h-10 items-center justify-between border-b border-line px-4 text-sm">
        <h2 className="font-semibold">
          {plan.indicators.length.toLocaleString('en')} {plan.indicators.length === 1 ? 'indicator' : 'indicators'}
        </h2>
        <span className="text-xs text-muted">{plan.chosen.length.toLocaleString('en')} ticked</span>
      </div>
      <div ref={box} className="max-h-[26rem] overflow-auto" tabIndex={0} role="group" aria-label="Indicators by kind">
        <div className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const line = lines[item.index]
            if (!line) return null
            const place = { height: item.size, transform: `translateY(${item.start}px)` }
            return (
              <div key={item.key} className="absolute top-0 left-0 w-full" style={place}>
                {line.type === 'group' ? (
                  <FoundGroup
                    name={kinds.plural(line.kind)}
                    askable={kinds.enrichable(line.kind)}
                    members={line.members}
                    plan={plan}
                  />
                ) : (
                  <FoundRow
                    indicator={line.indicator}
                    askable={kinds.enrichable(line.indicator.kind)}
                    ticked={plan.isTicked(line.indicator)}
                    current={line.index === cursor}
                    onToggle={() => toggle(line.indicator)}
                  />
                )}
              </div>
            )
          })}
        </div>
      </div>
    </section>
  )
}

function byKind(indicators: readonly FoundIndicator[]): { lines: Line[]; rows: FoundIndicator[] } {
  const groups = Map.groupBy(indicators, (indicator) => indicator.kind)
  const lines: Line[] = []
  const rows: FoundIndicator[] = []
  for (const [kind, members] of groups) {
    lines.push({ type: 'group', kind, members })
    for (const indicator of members) lines.push({ type: 'row', indicator, index: rows.push(indicator) - 1 })
  }
  return { lines, rows }
}
