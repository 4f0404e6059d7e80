import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Tabs } from '@base-ui/react/tabs'
import { RefreshCw } from 'lucide-react'
import { api } from '../../../../api/client.ts'
import type { IndicatorView, RequestView, Row } from '../../../../api/types.ts'
import { DETAIL_TABS } from '../../../../search.ts'
import type { DetailTab } from '../../../../search.ts'
import { Button, buttonClass } from '../../../../ui/button.tsx'
import { CodeBlock } from '../../../../ui/code-block.tsx'
import { ProblemNotice } from '../../../../ui/problem-notice.tsx'
import { say } from '../../../../ui/overlay/toast.tsx'
import { CallList } from './call-list.tsx'
import { FactList } from './fact-list.tsx'
import { LogList } from './log-list.tsx'
import { RunFacts } from './run-facts.tsx'

type Props = {
  view: RequestView
  indicator: IndicatorView
  row: Row
  tab: DetailTab
  onTab: (tab: DetailTab) => void
}

export function RowDetail({ view, indicator, row, tab, onTab }: Props) {
  const refresh = useRefresh(view, indicator, row)
  const names: Record<DetailTab, string> = {
    facts: 'Answer',
    raw: 'Raw',
    calls: `Calls ${row.calls.length}`,
    logs: `Log ${row.logs.length}`,
    run: 'Run',
  }
  return (
    <div data-detail={row.source.slug} className="border-t border-line bg-canvas">
      <Tabs.Root value={tab} onValueChange={(value: DetailTab) => onTab(value)}>
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
          <Tabs.List className="flex flex-1 flex-wrap gap-1" aria-label={`Details of ${row.source.name}`}>
            {DETAIL_TABS.map((name) => (
              <Tabs.Tab
                key={name}
                value={name}
                className="h-7 rounded-md px-2 text-xs font-medium text-muted hover:text-ink data-active:bg-accent-soft data-active:text-accent"
              >
                {names[name]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Link to="/sources/$slug" params={{ slug: row.source.slug }} className={buttonClass('ghost', 'small')}>
            Source page
          </Link>
          <Button size="small" disabled={refresh.isPending} onClick={() => refresh.mutate()}>
            <RefreshCw aria-hidden className="size-3.5" /> Refresh this source
          </Button>
        </div>
        <ProblemNotice error={refresh.error} />
        <div className="p-4">
          <Tabs.Panel value="facts">
            <FactList row={row} />
          </Tabs.Panel>
          <Tabs.Panel value="raw">
            {row.result && row.result.raw !== null && row.result.raw !== undefined ? (
              <CodeBlock text={JSON.stringify(row.result.raw, null, 2)} what={`raw answer of ${row.source.name}`} />
            ) : (
              <p className="text-sm text-muted">The source gave no raw answer.</p>
            )}
          </Tabs.Panel>
          <Tabs.Panel value="calls">
            <CallList calls={row.calls} cached={row.cached !== null} />
          </Tabs.Panel>
          <Tabs.Panel value="logs">
            <LogList logs={row.logs} />
          </Tabs.Panel>
          <Tabs.Panel value="run">
            <RunFacts row={row} />
          </Tabs.Panel>
        </div>
      </Tabs.Root>
    </div>
  )
}

/** Asks this source alone, past the cache. The answer is a request of its own, so this one stays as it was. */
function useRefresh(view: RequestView, indicator: IndicatorView, row: Row) {
  const navigate = useNavigate()
  const { kind, value } = indicator
  return useMutation({
    mutationFn: () =>
      api.createRequest({
        indicators: [{ kind, value }],
        sources: [row.source.slug],
        tlp: view.tlp,
        pap: view.pap,
        fresh: true,
      }),
    onSuccess: async (request) => {
      say(`Asked ${row.source.name} again`, 'A new request; the old one stays in the history.')
      await navigate({ to: '/requests/$id', params: { id: request.id }, search: { source: row.source.slug } })
    },
  })
}
