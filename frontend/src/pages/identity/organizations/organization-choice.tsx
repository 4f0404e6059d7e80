import { useQuery } from '@tanstack/react-query'
import { organizationsQuery } from '../../../api/identity-queries.ts'
import { useMay } from '../../../shell/use-may.ts'
import { SelectField } from '../../../ui/form/select-field.tsx'
import { inTreeOrder } from './tree.ts'

type Props = {
  label: string
  hint?: string
  error?: string | undefined
  value: string
  onChange: (id: string) => void
  /** Only organizations where the caller has this permission. */
  permission?: string
  /** Left out with all below it. */
  without?: string
  disabled?: boolean
}

/** One organization of the tree; a level is an indent. */
export function OrganizationChoice({ permission, without, ...field }: Props) {
  const { data = [] } = useQuery(organizationsQuery)
  const may = useMay()
  const offered = inTreeOrder(data).filter(
    ({ path, archived }) =>
      !archived && (permission === undefined || may(permission, path)) && (!without || !path.includes(without)),
  )
  return (
    <SelectField {...field}>
      {!offered.some(({ id }) => id === field.value) && (
        <option value={field.value}>{data.find(({ id }) => id === field.value)?.name ?? '—'}</option>
      )}
      {offered.map(({ id, name, level }) => (
        <option key={id} value={id}>
          {'\u2003'.repeat(level) + name}
        </option>
      ))}
    </SelectField>
  )
}
