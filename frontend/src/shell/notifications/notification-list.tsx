import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, X } from 'lucide-react'
import { api } from '../../api/client.ts'
import { organizationsQuery } from '../../api/identity-queries.ts'
import { notificationsQuery } from '../../api/queries.ts'
import type { Notification } from '../../api/types.ts'
import { FixLink } from '../../ui/fix-link.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Time } from '../../ui/time.tsx'

const KINDS: Record<Notification['kind'], string> = {
  'secret-missing': 'Key missing',
  'secret-unusable': 'Key not usable',
  'secret-expiring': 'Key expires soon',
  'secret-expired': 'Key has expired',
}

/** Each with the one link that leads to the field. `onLeave`: somebody follows it. */
export function NotificationList({ notifications, onLeave }: { notifications: Notification[]; onLeave: () => void }) {
  const queries = useQueryClient()
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const dismiss = useMutation({
    mutationFn: api.dismissNotification,
    onSettled: () => queries.invalidateQueries({ queryKey: notificationsQuery.queryKey }),
  })
  const placeOf = ({ organizationId }: Notification) =>
    organizations.length > 1 ? organizations.find(({ id }) => id === organizationId)?.name : undefined
  if (notifications.length === 0) return <p className="px-3 py-4 text-muted">Nothing needs to be mended.</p>
  return (
    <>
      <ProblemNotice error={dismiss.error} />
      <ul className="divide-y divide-line">
        {notifications.map((one) => (
          <li key={one.id} data-kind={one.kind} className="flex items-start gap-2.5 px-3 py-2.5">
            <KeyRound aria-hidden className="mt-0.5 size-4 shrink-0 text-broken" />
            <div className="min-w-0 flex-1 space-y-0.5">
              <p className="font-medium">
                {KINDS[one.kind]}: {one.source.name}
              </p>
              <p className="text-muted">{one.detail}</p>
              <p className="flex flex-wrap items-center gap-x-3">
                <span onClickCapture={onLeave}>
                  <FixLink fix={one.fix} />
                </span>
                <span className="text-xs text-muted">
                  {placeOf(one)} <Time at={one.createdAt} />
                </span>
              </p>
            </div>
            <button
              type="button"
              aria-label={`Dismiss: ${KINDS[one.kind]}, ${one.source.name}`}
              title="Dismiss for me"
              className="rounded p-1 text-faint hover:bg-hover hover:text-ink"
              disabled={dismiss.isPending}
              onClick={() => dismiss.mutate(one.id)}
            >
              <X aria-hidden className="size-4" />
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
