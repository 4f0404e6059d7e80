import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../../../api/queries.ts'
import { ROLES } from '../../../api/types.ts'
import type { Role } from '../../../api/types.ts'
import { SelectField } from '../../../ui/form/select-field.tsx'

const MEANING: Record<Role, string> = {
  viewer: 'asks the sources, reads answers',
  editor: 'also changes sources, makes tokens',
  'org-admin': 'also administers people of the organization',
  'super-admin': 'everything, everywhere',
}

type Props = { value: Role; onChange: (role: Role) => void; error?: string | undefined; disabled?: boolean }

/** A role for somebody: nobody gives away more than they have. */
export function RoleField({ value, onChange, error, disabled = false }: Props) {
  const { data: me } = useQuery(meQuery)
  const mine = ROLES.indexOf(me?.user.role ?? 'viewer')
  return (
    <SelectField
      label="Role"
      hint={MEANING[value]}
      error={error}
      disabled={disabled}
      value={value}
      onChange={(role) => onChange(role as Role)}
    >
      {ROLES.filter((role, rank) => rank <= mine || role === value).map((role) => (
        <option key={role}>{role}</option>
      ))}
    </SelectField>
  )
}
