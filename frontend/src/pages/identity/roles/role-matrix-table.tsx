import { Check } from 'lucide-react'
import type { RoleMatrix } from '../../../api/types.ts'
import { Table } from '../../../ui/layout/table.tsx'

/** One line a permission, one column a role; what is not allowed is empty, and said to those who do not see. */
export function RoleMatrixTable({ matrix }: { matrix: RoleMatrix }) {
  const columns = [
    ...matrix.roles.map((one) => ({ ...one, title: one.role as string })),
    ...matrix.grantRoles.map((one) => ({ ...one, title: `${one.role} (granted)` })),
  ]
  return (
    <Table label="What each role may do" head={['Permission', ...columns.map(({ title }) => title)]}>
      {matrix.permissions.map((permission) => (
        <tr key={permission} data-permission={permission}>
          <th scope="row" className="py-1.5! font-normal">
            <code>{permission}</code>
          </th>
          {columns.map(({ title, permissions }) => (
            <td key={title} className="py-1.5!">
              {permissions.includes(permission) ? (
                <Check role="img" aria-label="yes" className="size-4 text-accent" />
              ) : (
                <span className="sr-only">no</span>
              )}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  )
}
