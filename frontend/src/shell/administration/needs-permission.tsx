import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { rolesQuery } from '../../api/identity-queries.ts'
import { meQuery } from '../../api/queries.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Page } from '../../ui/layout/page.tsx'

/** What the caller may not do, by which permission, and who can give it. `what` begins the sentence. */
export function NeedsPermission({ what, permission }: { what: string; permission: string }) {
  const { data: me } = useQuery(meQuery)
  const { data: matrix } = useQuery(rolesQuery)
  const able = matrix?.roles.filter((one) => one.permissions.includes(permission)).map(({ role }) => role) ?? []
  const held = me?.roles.map(({ role, organization }) => `${role} in ${organization.name}`) ?? []
  return (
    <Page title="You may not open this">
      <div className="flex max-w-2xl gap-4 rounded-lg border border-line bg-surface p-5 text-sm">
        <Lock aria-hidden className="mt-0.5 size-5 shrink-0 text-muted" />
        <div className="space-y-3">
          <p>
            {what} needs the permission <code className="text-ink">{permission}</code>. You are {held.join(', ')}, which
            does not bring it.
          </p>
          {able.length > 0 && (
            <p className="text-muted">
              The {able.length === 1 ? 'role' : 'roles'} {able.join(' and ')} {able.length === 1 ? 'has' : 'have'} it.
              An administrator of {me?.organization.name}, or of an organization above it, can give it to you.
            </p>
          )}
          <p className="flex flex-wrap gap-2">
            <Link to="/roles" className={buttonClass()}>
              What each role may do
            </Link>
            <Link to="/profile" className={buttonClass('ghost')}>
              What I may do
            </Link>
          </p>
        </div>
      </div>
    </Page>
  )
}
