import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { Bell as BellIcon } from 'lucide-react'
import { useEffect, useState } from 'react'
import { notificationsQuery } from '../../api/queries.ts'
import { Popover } from '../../ui/overlay/popover.tsx'
import { useMay } from '../use-may.ts'
import { NotificationList } from './notification-list.tsx'

/** What waits to be mended, with its number; for those who may mend it. */
export function Bell() {
  return useMay()('sources:write') ? <Opened /> : null
}

function Opened() {
  const [open, setOpen] = useState(false)
  const [left, setLeft] = useState(false)
  const { data: notifications = [] } = useQuery(notificationsQuery)
  const place = useLocation({ select: ({ href }) => href })
  useEffect(() => setOpen(false), [place])
  const count = notifications.length
  return (
    <Popover
      open={open}
      onOpenChange={(next) => {
        setLeft(false)
        setOpen(next)
      }}
      label={count === 0 ? 'Notifications' : `Notifications, ${count} open`}
      title="Notifications"
      focusBack={!left}
      triggerClass="relative ml-1 flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
      trigger={
        <>
          <BellIcon aria-hidden className="size-4" />
          {count > 0 && (
            <span
              data-notifications={count}
              className="absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-accent-fill px-1 text-center text-[0.625rem] leading-4 font-semibold text-white"
            >
              {count > 99 ? '99+' : count}
            </span>
          )}
        </>
      }
    >
      <NotificationList
        notifications={notifications}
        onLeave={() => {
          setLeft(true)
          setOpen(false)
        }}
      />
    </Popover>
  )
}
