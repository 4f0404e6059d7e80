import { CircleCheck, CircleSlash, Mail } from 'lucide-react'
import type { UserRecord } from '../../../api/types.ts'

/** Whether somebody can come in, as an icon and a word. */
export function UserState({ user }: { user: UserRecord }) {
  const { word, Icon, look } = stateOf(user)
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${look}`} data-state={word}>
      <Icon aria-hidden className="size-3.5" /> {word}
    </span>
  )
}

function stateOf({ disabledAt, hasPassword, kind, lastSignInAt }: UserRecord) {
  if (disabledAt) return { word: 'Disabled', Icon: CircleSlash, look: 'text-broken' }
  if (kind === 'person' && !hasPassword && !lastSignInAt) return { word: 'Invited', Icon: Mail, look: 'text-muted' }
  return { word: 'Active', Icon: CircleCheck, look: 'text-ink' }
}
