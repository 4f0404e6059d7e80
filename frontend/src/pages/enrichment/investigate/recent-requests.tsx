import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../../api/client.ts'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { RequestLine } from '../history/request-line.tsx'

export function RecentRequests() {
  const recent = useQuery({ queryKey: ['requests', 'recent'], queryFn: () => api.requests({ limit: 8 }) })
  return (
    <section aria-labelledby="recent" className="rounded-lg border border-line bg-surface">
      <div className="flex h-10 items-center justify-between border-b border-line px-4">
        <h2 id="recent" className="text-sm font-semibold">
          Recent requests
        </h2>
        <Link to="/history" className="text-xs font-medium text-accent hover:underline">
          All history
        </Link>
      </div>
      <ProblemNotice error={recent.error} />
      {recent.data?.items.length === 0 && (
        <p className="px-4 py-8 text-center text-sm text-muted">
          Nothing was asked yet. Paste an indicator above, or try 1.1.1.1: the local sources answer without a key and
          without a network.
        </p>
      )}
      <ul className="divide-y divide-line">
        {recent.data?.items.map((request) => (
          <li key={request.id}>
            <RequestLine request={request} />
          </li>
        ))}
      </ul>
    </section>
  )
}
