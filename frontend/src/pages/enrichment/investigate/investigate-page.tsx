import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api } from '../../../api/client.ts'
import type { RequestBody } from '../../../api/types.ts'
import type { InvestigateSearch } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { useTitle } from '../../../ui/layout/page.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { saveDraft, useDraft } from './draft.ts'
import { FoundTable } from './found/found-table.tsx'
import { NothingFound } from './found/nothing-found.tsx'
import { PasteBox } from './paste-box.tsx'
import { RecentRequests } from './recent-requests.tsx'
import { RejectedList } from './found/rejected-list.tsx'
import { RunPanel } from './run/run-panel.tsx'
import { NO_SOURCES, usePlan } from './use-plan.ts'

const route = getRouteApi('/signed-in/')

/** Paste anything, see what it is and where it would go, then run. */
export function InvestigatePage() {
  useTitle('Investigate')
  const search = route.useSearch()
  const navigate = useNavigate()
  const text = useDraft()
  const plan = usePlan(text, search)
  const [wantsRun, setWantsRun] = useState(false)
  const run = useMutation({
    mutationFn: (body: RequestBody) => api.createRequest(body),
    onSuccess: (request) => navigate({ to: '/requests/$id', params: { id: request.id }, search: {} }),
  })
  const ready = plan.chosen.length > 0 && search.sources !== NO_SOURCES && !plan.error
  // Enter may come before the extraction is back: the run waits for it, and for the preview, then starts.
  useEffect(() => {
    if (!wantsRun || plan.settling) return
    setWantsRun(false)
    if (ready) run.mutate(plan.body)
  }, [wantsRun, plan.settling, plan.body, ready, run])

  const change = useChangeSearch<InvestigateSearch>()
  const started = text.trim() !== ''
  return (
    <div className="h-full overflow-auto">
      <div className="mx-auto grid w-full max-w-[90rem] gap-5 px-4 py-5 sm:px-6 xl:grid-cols-[minmax(0,1fr)_30rem]">
        <div className="min-w-0 space-y-4">
          <h1 className="sr-only">Investigate</h1>
          <PasteBox text={text} onText={saveDraft} onRun={() => setWantsRun(true)} busy={plan.extracting && started} />
          <ProblemNotice error={run.error ?? plan.error} />
          {started && plan.indicators.length > 0 && <FoundTable plan={plan} />}
          {started && plan.indicators.length === 0 && !plan.extracting && !plan.error && (
            <NothingFound
              text={plan.text}
              onAsk={(indicator) => run.mutate({ ...plan.body, indicators: [indicator] })}
            />
          )}
          {started && plan.rejected.length > 0 && <RejectedList rejected={plan.rejected} />}
          {!started && <RecentRequests />}
        </div>
        <RunPanel
          plan={plan}
          search={search}
          onSearch={change}
          ready={ready}
          running={run.isPending || wantsRun}
          onRun={() => setWantsRun(true)}
        />
      </div>
    </div>
  )
}
