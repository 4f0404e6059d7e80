import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import type { IndicatorView } from '../../../../api/types.ts'
import { without } from '../../../../search.ts'
import type { ChangeSearch, RequestSearch } from '../../../../search.ts'
import { useShortcuts } from '../../../../shell/keyboard.ts'
import { useCursor } from '../../../../shell/use-cursor.ts'
import { Button } from '../../../../ui/button.tsx'
import { copy } from '../../../../ui/clipboard.ts'
import { Empty } from '../../../../ui/layout/empty.tsx'
import { toDefanged, toRaw } from './export-indicators.ts'
import { IndicatorLine } from './indicator-line.tsx'

type Props = {
  shown: readonly IndicatorView[]
  search: RequestSearch
  onSearch: ChangeSearch<RequestSearch>
  narrow: boolean
}

/** The indicators of a request; only those in sight are drawn, so 500 scroll as 5 do. */
export function IndicatorList({ shown, search, onSearch, narrow }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set())
  const list = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => (narrow ? 52 : 40),
    overscan: 10,
  })
  useEffect(() => list.measure(), [list, narrow])
  const open = (index: number) => {
    const indicator = shown[index]
    if (!indicator) return
    onSearch((now) => ({ ...without(now, 'source', 'tab'), open: indicator.position }), { replace: false })
  }
  const mark = (index: number) => {
    const indicator = shown[index]
    if (!indicator) return
    const next = new Set(marked)
    if (!next.delete(indicator.position)) next.add(indicator.position)
    setMarked(next)
  }
  // While an indicator is open, j and k belong to its rows; [ and ] walk the list.
  const [cursor, setCursor] = useCursor({
    length: shown.length,
    enabled: !narrow,
    onOpen: open,
    onMark: mark,
    onMove: (index) => list.scrollToIndex(index),
  })
  const step = (by: number) => {
    const at = shown.findIndex((indicator) => indicator.position === search.open) + by
    if (at < 0 || at >= shown.length) return
    setCursor(at)
    list.scrollToIndex(at)
    open(at)
  }
  useShortcuts({ '[': () => step(-1), ']': () => step(1) }, narrow)
  const chosen = shown.filter((indicator) => marked.has(indicator.position))
  if (shown.length === 0) return <Empty>No indicator matches the filter.</Empty>
  return (
    <>
      {chosen.length > 0 && <MarkedBar chosen={chosen} onClear={() => setMarked(new Set())} />}
      <div ref={box} className="min-h-0 flex-1 overflow-auto" tabIndex={0} role="group" aria-label="List of indicators">
        <ul className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const indicator = shown[item.index]
            if (!indicator) return null
            const place = { height: item.size, transform: `translateY(${item.start}px)` }
            return (
              <li key={indicator.position} className="absolute top-0 left-0 w-full" style={place}>
                <IndicatorLine
                  indicator={indicator}
                  narrow={narrow}
                  current={item.index === cursor}
                  open={indicator.position === search.open}
                  marked={marked.has(indicator.position)}
                  onOpen={() => {
                    setCursor(item.index)
                    open(item.index)
                  }}
                  onMark={() => mark(item.index)}
                />
              </li>
            )
          })}
        </ul>
      </div>
    </>
  )
}

function MarkedBar({ chosen, onClear }: { chosen: readonly IndicatorView[]; onClear: () => void }) {
  const what = chosen.length === 1 ? 'one indicator' : `${chosen.length} indicators`
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-1.5 text-xs">
      <span className="flex-1 font-medium">{what} selected</span>
      <Button size="small" onClick={() => void copy(toRaw(chosen), `${what}, raw`)}>
        Copy raw
      </Button>
      <Button size="small" onClick={() => void copy(toDefanged(chosen), `${what}, defanged`)}>
        Copy defanged
      </Button>
      <Button size="small" look="ghost" onClick={onClear}>
        Clear
      </Button>
    </div>
  )
}
