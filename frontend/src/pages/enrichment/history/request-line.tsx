import { Link } from '@tanstack/react-router'
import { LoaderCircle } from 'lucide-react'
import type { RequestSummary, VerdictLevel } from '../../../api/types.ts'
import { KindIcon } from '../../../indicator/kinds.tsx'
import { defang } from '../../../indicator/defang.ts'
import { Time } from '../../../ui/time.tsx'
import { TlpDot } from '../marking.tsx'
import { LEVELS } from '../request/states.tsx'

/** One past request in a list: what was asked, what came out, who, when. */
export function RequestLine({ request, current = false }: { request: RequestSummary; current?: boolean }) {
  const shown = request.indicators?.slice(0, 3) ?? []
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
          {shown.map((indicator) => indicator.defanged ?? defang(indicator.value)).join(', ') || 'no indicator'}
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

const ORDER: VerdictLevel[] = ['malicious', 'suspicious', 'benign', 'unknown']

function Verdicts({ request }: { request: RequestSummary }) {
  if (request.state === 'running') {
    return (
      <span className="inline-flex items-center gap-1 text-xs text-accent">
        <LoaderCircle aria-hidden className="size-3.5 animate-spin" />
        {request.counts.queued + request.counts.running} pending
      </span>
    )
  }
  const { verdicts } = request
  if (!verdicts) return null
  return (
    <span className="flex gap-3 text-xs">
      {ORDER.filter((level) => (verdicts[level] ?? 0) > 0).map((level) => {
        const { Icon, look, word } = LEVELS[level]
        return (
          <span key={level} className={`inline-flex items-center gap-1 ${look}`}>
            <Icon aria-hidden className="size-3.5" />
            {request.counts.indicators > 1 && verdicts[level]} {word.toLowerCase()}
          </span>
        )
      })}
    </span>
  )
}
