import { useRouter } from '@tanstack/react-router'
import { ProblemNotice } from '../ui/problem-notice.tsx'

/** What a whole page shows when it cannot be opened. */
export function ProblemPage({ error }: { error: unknown }) {
  const router = useRouter()
  return (
    <div className="mx-auto max-w-xl p-6">
      <ProblemNotice error={error} onRetry={() => void router.invalidate()} />
    </div>
  )
}
