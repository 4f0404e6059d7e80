import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { organizationsQuery } from '../../../api/identity-queries.ts'
import type { SourceDetail } from '../../../api/types.ts'

export function useOrganizationName(id: string | null | undefined): string | undefined {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  return organizations.find((one) => one.id === id)?.name
}

/** Whose values the page shows and changes; nothing where there is one organization only. */
export function OrganizationChoice({ source }: { source: SourceDetail }) {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const navigate = useNavigate()
  if (organizations.length < 2) return null
  return (
    <label className="flex items-center gap-2 text-sm text-muted">
      As it is in
      <select
        className="field w-auto!"
        value={source.organizationId}
        onChange={(event) =>
          void navigate({ to: '/sources/$slug', params: { slug: source.slug }, search: { at: event.target.value } })
        }
      >
        {organizations.map(({ id, name, path }) => (
          <option key={id} value={id}>
            {'\u2003'.repeat(path.length - 1)}
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
