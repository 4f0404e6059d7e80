import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import type { SecretView, SourceDetail } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChangeSource } from './use-change-source.ts'

/** When a saved secret ends, changed without its value: many providers prolong a key and keep it. */
export function SecretEnd({ source, secret }: { source: SourceDetail; secret: SecretView }) {
  const [day, setDay] = useState<string>()
  const save = useChangeSource(
    source.slug,
    async (expiresAt: string | null) => {
      await api.changeSecret(source, secret.name, { expiresAt })
      setDay(undefined)
    },
    (expiresAt) =>
      expiresAt ? `${secret.name} ends on ${expiresAt.slice(0, 10)}` : `${secret.name} does not end by itself`,
  )
  if (day === undefined) {
    return (
      <Button size="small" look="ghost" onClick={() => setDay(secret.expiresAt?.slice(0, 10) ?? '')}>
        Change when it ends
      </Button>
    )
  }
  return (
    <div className="space-y-1.5">
      <div className="flex flex-wrap items-end gap-2">
        <label className="text-xs text-muted">
          The saved key ends on
          <input
            className="field mt-0.5 block w-40!"
            type="date"
            aria-invalid={fieldError(save.error, 'expiresAt') !== undefined}
            value={day}
            onChange={(event) => setDay(event.target.value)}
          />
        </label>
        <Button disabled={day === '' || save.isPending} onClick={() => save.mutate(`${day}T00:00:00Z`)}>
          Save the day
        </Button>
        <Button disabled={save.isPending || !secret.expiresAt} onClick={() => save.mutate(null)}>
          It does not end
        </Button>
        <Button look="ghost" onClick={() => (setDay(undefined), save.reset())}>
          Cancel
        </Button>
      </div>
      <ProblemNotice error={save.error} />
    </div>
  )
}
