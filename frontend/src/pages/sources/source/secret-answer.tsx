import { CircleCheck, CircleHelp, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { fieldError, toProblem } from '../../../api/problem.ts'
import type { SavedSecret } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'

type Props = {
  /** Of the source. */
  name: string
  check: SavedSecret['check']
  error: unknown
  busy: boolean
  onForce: () => void
  onGiveUp: () => void
}

/** What came of entering a secret: taken, refused in the provider's own words, or a question when it could not be asked. */
export function SecretAnswer({ name, check, error, busy, onForce, onGiveUp }: Props) {
  const refused = fieldError(error, 'value')
  if (refused) {
    return (
      <Told role="alert" look="bg-broken-soft" Icon={<CircleX aria-hidden className="size-4 text-broken" />}>
        <p className="font-medium">Not saved</p>
        <p>The key {refused}</p>
      </Told>
    )
  }
  if (fieldError(error, 'force')) {
    const asked = toProblem(error).errors?.find(({ path }) => path === 'force')
    return (
      <Told role="alert" look="bg-sunken" Icon={<CircleHelp aria-hidden className="size-4 text-muted" />}>
        <p className="font-medium">{name} could not be asked about this key. Save it untested?</p>
        <p className="text-muted">{asked?.message}</p>
        <div className="mt-1.5 flex gap-2">
          <Button size="small" disabled={busy} onClick={onForce}>
            Save untested
          </Button>
          <Button size="small" look="ghost" disabled={busy} onClick={onGiveUp}>
            Do not save
          </Button>
        </div>
      </Told>
    )
  }
  if (error) return <ProblemNotice error={error} />
  if (!check) return null
  return check.outcome === 'accepted' ? (
    <Told role="status" look="bg-accent-soft" Icon={<CircleCheck aria-hidden className="size-4 text-accent" />}>
      Saved. {name} takes the key and answered: {check.says}
    </Told>
  ) : (
    <Told role="status" look="bg-sunken" Icon={<CircleHelp aria-hidden className="size-4 text-muted" />}>
      Saved, not tested: {check.says}
    </Told>
  )
}

function Told({ role, look, Icon, children }: { role: string; look: string; Icon: ReactNode; children: ReactNode }) {
  return (
    <div role={role} className={`flex gap-2 rounded-md px-3 py-2 text-sm ${look}`}>
      <span className="mt-0.5 shrink-0">{Icon}</span>
      <div className="min-w-0 break-words">{children}</div>
    </div>
  )
}
