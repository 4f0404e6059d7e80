import { useMutation } from '@tanstack/react-query'
import { CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { copy } from '../../../ui/clipboard.ts'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { auditCalls, type Verification } from './audit-calls.ts'

/** Whether the log is as it was written; with an anchor that was kept elsewhere, whether it is the same log. */
export function VerifySection() {
  const [anchor, setAnchor] = useState('')
  const verify = useMutation({ mutationFn: () => auditCalls.verify(anchor.trim() === '' ? [] : [anchor.trim()]) })
  return (
    <form
      className="mb-4 space-y-2 rounded-lg border border-line bg-surface p-3 text-sm"
      onSubmit={(event) => {
        event.preventDefault()
        verify.mutate()
      }}
    >
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" disabled={verify.isPending}>
          {verify.isPending ? 'Verifying…' : 'Verify the log'}
        </Button>
        <input
          aria-label="Anchor of an earlier verification"
          placeholder="Anchor of an earlier verification (optional)"
          className="field min-w-0 flex-1"
          value={anchor}
          onChange={(event) => setAnchor(event.target.value)}
        />
      </div>
      {verify.data && <Result found={verify.data} />}
      <ProblemNotice error={verify.error} />
    </form>
  )
}

function Result({ found }: { found: Verification }) {
  if (!found.ok) {
    return (
      <p role="alert" className="flex items-start gap-2 font-medium">
        <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-broken" />
        Broken at entry {found.sequence}: {found.detail}.
      </p>
    )
  }
  return (
    <div role="status" className="flex flex-wrap items-center gap-2">
      <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />
      <span>All {found.count} entries are as they were written. Keep this anchor elsewhere:</span>
      <code className="min-w-0 text-xs break-all">{found.anchor}</code>
      <Button size="small" onClick={() => void copy(found.anchor, 'the anchor')}>
        Copy the anchor
      </Button>
    </div>
  )
}
