import { useQuery } from '@tanstack/react-query'
import { rolesQuery } from '../../../api/identity-queries.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Page } from '../../../ui/layout/page.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { RoleHolders } from './role-holders.tsx'
import { RoleMatrixTable } from './role-matrix-table.tsx'

/** What each role may do, and who has it. */
export function RolesPage() {
  const matrix = useQuery(rolesQuery)
  const may = useMay()
  return (
    <Page title="Roles" lead="A user has one role, at home and in all below. Granted roles add to it, in one place.">
      <ProblemNotice error={matrix.error} onRetry={() => void matrix.refetch()} />
      {matrix.isPending && <Spinner label="Reading the roles" />}
      {matrix.data && (
        <div className="space-y-6">
          <RoleMatrixTable matrix={matrix.data} />
          {may('users:read') && may('roles:read') && <RoleHolders />}
        </div>
      )}
    </Page>
  )
}
