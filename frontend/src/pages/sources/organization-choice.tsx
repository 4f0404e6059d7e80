import { useQuery } from '@tanstack/react-query'
import { organizationsQuery } from '../../api/identity-queries.ts'
import { useMay } from '../../shell/use-may.ts'

export function useOrganizationName(id: string | null | undefined): string | undefined {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  return organizations.find((one) => one.id === id)?.name
}

type Props = {
  /** The organization whose state the page shows; undefined until it is known. */
  value: string | undefined
  onChange: (id: string) => void
}

/** Whose values the page shows and changes; nothing where there is one organization only. */
export function OrganizationChoice({ value, onChange }: Props) {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const may = useMay()
  const offered = organizations.filter(({ id, path }) => id === value || may('sources:read', path))
  if (value === undefined || offered.length < 2) return null
  return (
    <label className="flex items-center gap-2 text-sm text-muted">
      As it is in
      <select className="field w-auto!" value={value} onChange={(event) => onChange(event.target.value)}>
        {offered.map(({ id, name, path }) => (
          <option key={id} value={id}>
            {'\u2003'.repeat(path.length - 1)}
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
