import { useQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'

/**
 * What the caller may do: somewhere, or in the organization at the end of a path. The server decides; this only spares
 * a click that would be refused.
 */
export function useMay(): (permission: string, path?: readonly string[]) => boolean {
  const { data: me } = useQuery(meQuery)
  return (permission, path) => {
    if (!me?.scopes.includes(permission)) return false
    if (path === undefined) return true
    return me.roles.some((held) => path.includes(held.organization.id) && held.permissions.includes(permission))
  }
}
