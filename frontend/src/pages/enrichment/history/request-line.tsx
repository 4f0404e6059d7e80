import { Link } from '@tanstack/react-router'
import { LoaderCircle } from 'lucide-react'
import type { RequestSummary } from '../../../api/types.ts'
import { KindIcon } from '../../../indicator/kinds.tsx'
import { Time } from '../../../ui/time.tsx'
import { TlpDot } from '../marking.tsx'
import { LevelMark } from '../request/states.tsx'

/** One past request in a list: what was asked, what came out, who, when. */
export function RequestLine({ request, current = false }: { request: RequestSummary; current?: boolean }) {
  const shown = request.indicators.slice(0, 3)
  const more = request.counts.indicators - shown.length
  return (
    <Link
      to="/requests/$id"
      params={{ id: request.id }}
      search={{}}
      data-request={request.id}
      data-current={current}
      className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-0.5 border-l-2 border-transparent px-4 py-1.5 hover:bg-hover data-[current=true]:border-accent data-[current=true]:bg-hover"
    >
      <span className="flex min-w-0 flex-1 items-center gap-2">
        {shown[0] && <KindIcon kind={shown[0].kind} />}
        <span className="truncate font-mono text-xs">
          {shown.map(({ defanged }) => defanged).join(', ') || 'no indicator'}
        </span>
        {more > 0 && <span className="text-xs whitespace-nowrap text-muted">and {more} more</span>}
      </span>
      <Verdicts request={request} />
      <span className="flex items-center gap-1.5 text-xs text-muted" title={`TLP:${request.tlp}`}>
        <TlpDot level={request.tlp} /> {request.tlp}
      </span>
      <span className="w-32 text-right text-xs text-muted">
        <Time at={request.createdAt} />
      </span>
    </Link>
  )
}

function Verdicts({ request }: { request: RequestSummary }) {
  if (request.state === 'running') {
    return (
      <span className="inline-flex items-center gap-1.5 text-xs font-medium text-accent">
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
        {request.counts.queued + request.counts.running} pending
      </span>
    )
  }
  return (
    <span className="flex w-28 text-xs" title={request.counts.indicators > 1 ? 'The worst of the verdicts' : undefined}>
      {request.verdict && <LevelMark level={request.verdict} final />}
    </span>
  )
}
