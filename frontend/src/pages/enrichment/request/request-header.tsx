import { useNavigate } from '@tanstack/react-router'
import { Code, RotateCw } from 'lucide-react'
import { useState } from 'react'
import type { IndicatorView, RequestBody, RequestView } from '../../../api/types.ts'
import type { ChangeSearch, RequestSearch } from '../../../search.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Time } from '../../../ui/time.tsx'
import { saveDraft } from '../investigate/draft.ts'
import { NO_SOURCES } from '../investigate/use-plan.ts'
import { TlpDot } from '../marking.tsx'
import { SnippetDialog } from '../../../snippet/snippet-dialog.tsx'
import { requestCall } from '../api-calls.ts'
import { CopyMenu } from './copy-menu.tsx'
import { CountsLine } from './counts-line.tsx'
import { ExportMenu } from './export-menu.tsx'

type Props = {
  view: RequestView
  shown: readonly IndicatorView[]
  polling: boolean
  search: RequestSearch
  onSearch: ChangeSearch<RequestSearch>
}

export function RequestHeader({ view, shown, polling, search, onSearch }: Props) {
  const [showSnippet, setShowSnippet] = useState(false)
  const askAgain = useAskAgain(view)
  const body = bodyOf(view)
  const first = view.indicators[0]
  return (
    <header className="shrink-0 space-y-2 border-b border-line bg-surface px-4 py-3 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 truncate text-lg font-semibold tracking-tight">
          {view.indicators.length === 1 ? (
            <span className="font-mono">{first?.defanged}</span>
          ) : (
            `${view.indicators.length} indicators`
          )}
        </h1>
        <div className="flex flex-1 flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
          <Badge>
            <TlpDot level={view.tlp} /> TLP:{view.tlp}
          </Badge>
          <Badge>PAP:{view.pap}</Badge>
          {view.sources && <Badge title={view.sources.join(', ')}>{view.sources.length} chosen sources</Badge>}
          {view.fresh && <Badge>cache bypassed</Badge>}
          <span>
            <Time at={view.createdAt} />
            {view.createdBy && ` by ${view.createdBy.name}`}
          </span>
        </div>
        <div className="flex flex-wrap gap-1.5">
          <CopyMenu indicators={shown} body={body} />
          <ExportMenu view={view} shown={shown} />
          <Button size="small" onClick={() => setShowSnippet(true)}>
            <Code aria-hidden className="size-3.5" /> API
          </Button>
          <Button size="small" onClick={askAgain}>
            <RotateCw aria-hidden className="size-3.5" /> Ask again
          </Button>
        </div>
      </div>
      <CountsLine view={view} polling={polling} search={search} onSearch={onSearch} />
      <SnippetDialog open={showSnippet} onClose={() => setShowSnippet(false)} calls={[requestCall(body)]} />
    </header>
  )
}

export function bodyOf(view: RequestView): RequestBody {
  return {
    indicators: view.indicators.map(({ kind, value }) => ({ kind, value })),
    ...(view.sources ? { sources: view.sources } : {}),
    tlp: view.tlp,
    pap: view.pap,
    ...(view.fresh ? { fresh: true } : {}),
    ...(view.overQuota === 'skip' ? { overQuota: 'skip' as const } : {}),
  }
}

/** Back to the start page with the same indicators and choices, so that the preview comes before the run. */
function useAskAgain(view: RequestView) {
  const navigate = useNavigate()
  return () => {
    saveDraft(view.indicators.map((indicator) => indicator.value).join('\n'))
    const sources = view.sources && (view.sources.join(',') || NO_SOURCES)
    void navigate({
      to: '/',
      search: { tlp: view.tlp, pap: view.pap, fresh: true, ...(sources ? { sources } : {}) },
    })
  }
}
