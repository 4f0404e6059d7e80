import { CircleX } from 'lucide-react'
import { toProblem } from '../api/problem.ts'
import { Button } from './button.tsx'
import { FixLink } from './fix-link.tsx'

/** Any failure of the API: what happened, which field, what to do, and the trace id to quote. */
export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  if (!error) return null
  const problem = toProblem(error)
  return (
    <div role="alert" className="flex gap-3 rounded-md border border-line bg-broken-soft p-3 text-sm">
      <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-broken" />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-medium">{problem.title}</p>
        {problem.detail && problem.detail !== problem.title && <p className="text-muted">{problem.detail}</p>}
        {problem.errors?.map((entry) => (
          <p key={`${entry.path} ${entry.message}`} className="text-muted">
            {entry.path && <code className="mr-1.5 text-ink">{entry.path}</code>}
            {entry.message}
            {entry.fix && <span className="text-ink"> {entry.fix}</span>}
          </p>
        ))}
        {problem.retryAfterSeconds !== undefined && <p>Try again in {problem.retryAfterSeconds} s.</p>}
        {problem.help && <FixLink fix={problem.help} />}
        {problem.traceId && <p className="text-xs text-muted">Trace {problem.traceId}</p>}
      </div>
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}
