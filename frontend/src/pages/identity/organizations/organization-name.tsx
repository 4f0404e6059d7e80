import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { organizationsQuery } from '../../../api/identity-queries.ts'

/** The name of an organization, leading to it. One that may not be read has none here. */
export function OrganizationLink({ id }: { id: string }) {
  const { data } = useQuery(organizationsQuery)
  const name = data?.find((one) => one.id === id)?.name
  if (data && name === undefined) return <span className="text-muted">another organization</span>
  return (
    <Link to="/organizations/$id" params={{ id }} className="hover:text-accent hover:underline">
      {name ?? '…'}
    </Link>
  )
}
