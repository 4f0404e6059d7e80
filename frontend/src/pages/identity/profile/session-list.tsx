import { Monitor } from 'lucide-react'
import type { Session } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Time } from '../../../ui/time.tsx'
import { browserName } from './browser-name.ts'

type Props = { sessions: readonly Session[]; disabled: boolean; onEnd?: ((session: Session) => void) | undefined }

/** Where somebody is signed in; each one can be ended by itself. */
export function SessionList({ sessions, disabled, onEnd }: Props) {
  if (sessions.length === 0) return <p className="text-sm text-muted">Signed in nowhere.</p>
  return (
    <ul className="-m-4 divide-y divide-line">
      {sessions.map((session) => (
        <li key={session.id} data-session={session.id} className="flex items-center gap-3 px-4 py-2.5 text-sm">
          <Monitor aria-hidden className="size-4 shrink-0 text-faint" />
          <div className="min-w-0 flex-1">
            <p className="flex items-center gap-2 font-medium" title={session.userAgent}>
              {browserName(session.userAgent)} {session.current && <Badge tone="accent">this one</Badge>}
            </p>
            <p className="text-xs text-muted">
              from {session.address}, last used <Time at={session.lastSeenAt} />, signed in{' '}
              <Time at={session.createdAt} />, ends <Time at={session.expiresAt} />
            </p>
          </div>
          {onEnd && !session.current && (
            <ConfirmButton yes="Yes, sign out" disabled={disabled} onConfirm={() => onEnd(session)}>
              Sign out
            </ConfirmButton>
          )}
        </li>
      ))}
    </ul>
  )
}
