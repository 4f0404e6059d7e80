import type { PasswordLink } from '../../../api/types.ts'
import { ShownOnce } from '../../../ui/form/shown-once.tsx'
import { Time } from '../../../ui/time.tsx'

/** A one-time link to be handed over; nobody can read it again. */
export function LinkShownOnce({ link, name }: { link: PasswordLink; name: string }) {
  return (
    <div className="space-y-3 text-sm">
      <p>
        {link.purpose === 'invite' ? 'With this link' : 'With this link, and the present password until then,'} {name}{' '}
        {link.purpose === 'invite' ? 'chooses a password and is in.' : 'gets in and chooses another one.'}
      </p>
      <ShownOnce text={link.url} what="the link" />
      <p className="text-xs text-muted">
        It works once, ends <Time at={link.expiresAt} />, and is shown only now. Whoever has it is let in: give it to{' '}
        {name} alone.
      </p>
    </div>
  )
}
