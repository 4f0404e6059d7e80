import { ArrowLeft, X } from 'lucide-react'
import type { IndicatorView, RequestView } from '../../../../api/types.ts'
import { useKinds } from '../../../../indicator/kinds.tsx'
import { without } from '../../../../search.ts'
import type { ChangeSearch, RequestSearch } from '../../../../search.ts'
import { useShortcuts } from '../../../../shell/keyboard.ts'
import { Badge } from '../../../../ui/badge.tsx'
import { Button } from '../../../../ui/button.tsx'
import { CopyMenu } from '../copy-menu.tsx'
import { bodyOf } from '../request-header.tsx'
import { RowsTable } from './rows-table.tsx'
import { VerdictBlock } from './verdict-block.tsx'

type Props = {
  view: RequestView
  indicator: IndicatorView
  closable: boolean
  search: RequestSearch
  onSearch: ChangeSearch<RequestSearch>
}

/** One indicator: the verdict and who says so, then every source's answer. */
export function IndicatorPanel({ view, indicator, closable, search, onSearch }: Props) {
  const kinds = useKinds()
  const close = () => onSearch((now) => without(now, 'open', 'source', 'tab'))
  useShortcuts({ Escape: close }, closable)
  return (
    <section aria-label={indicator.defanged} className="min-w-0 flex-1 overflow-auto bg-canvas">
      <div className="mx-auto max-w-5xl space-y-4 px-4 py-4 sm:px-5">
        {closable && (
          <div className="flex items-center gap-2">
            <Button size="small" look="ghost" className="lg:hidden" onClick={close}>
              <ArrowLeft aria-hidden className="size-4" /> List
            </Button>
            <h2 className="min-w-0 font-mono text-base font-semibold break-all">{indicator.defanged}</h2>
            <CopyMenu indicators={[indicator]} body={bodyOf(view)} compact />
            <span className="flex-1" />
            <Button size="icon" look="ghost" aria-label="Close this indicator" onClick={close}>
              <X aria-hidden className="size-4" />
            </Button>
          </div>
        )}
        <div className="flex flex-wrap gap-1.5">
          <Badge>{kinds.name(indicator.kind)}</Badge>
          {indicator.address && (
            <Badge title={indicator.address.scope}>{indicator.address.name || indicator.address.scope}</Badge>
          )}
          {indicator.count > 1 && <Badge>appears {indicator.count} times</Badge>}
        </div>
        <VerdictBlock indicator={indicator} />
        <RowsTable view={view} indicator={indicator} search={search} onSearch={onSearch} />
      </div>
    </section>
  )
}
