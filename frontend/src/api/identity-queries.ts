import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './client.ts'
import type { PageQuery, UserQuery } from './identity-calls.ts'
import type { Organization, Page, RoleGrant, UserRecord } from './types.ts'

/** Everything about who is who begins with this key: a change of one thing may show in all of them. */
export const identityKey = ['identity'] as const

const PAGE = 50
const WHOLE = 200

/** A list that is read page by page, as far as somebody asks for more. */
function paged<T>(key: readonly unknown[], read: (page: PageQuery) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey: [...identityKey, ...key],
    queryFn: ({ pageParam }) => read({ limit: PAGE, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

const one = <T>(key: readonly unknown[], read: () => Promise<T>) =>
  queryOptions({ queryKey: [...identityKey, ...key], queryFn: read })

/** All of a list that is needed whole. */
async function whole<T>(read: (page: PageQuery) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = await read({ limit: WHOLE, cursor })
    items.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return items
}

export const sessionsQuery = one(['sessions'], async () => (await api.sessions()).items)
export const tokensQuery = one(['api-tokens'], async () => (await api.apiTokens()).items)
export const rolesQuery = queryOptions({ queryKey: ['roles'], queryFn: api.roles, staleTime: Infinity })
export const organizationsQuery = one<Organization[]>(['organizations'], () => whole(api.organizations))

export const usersQuery = (filter: Omit<UserQuery, 'cursor' | 'limit'>) =>
  paged(['users', filter], (page) => api.users({ ...filter, ...page }))
export const userQuery = (id: string) => one(['user', id], () => api.user(id))
export const userSessionsQuery = (id: string) =>
  one(['user', id, 'sessions'], async () => (await api.userSessions(id)).items)

export const accountsQuery = (filter: { q?: string | undefined }) =>
  paged(['service-accounts', filter], (page) => api.serviceAccounts({ ...filter, ...page }))
export const accountQuery = (id: string) => one(['service-account', id], () => api.serviceAccount(id))
export const accountTokensQuery = (id: string) =>
  one(['service-account', id, 'tokens'], async () => (await api.accountTokens(id)).items)

export const groupsQuery = (filter: { q?: string | undefined }) =>
  paged(['groups', filter], (page) => api.groups({ ...filter, ...page }))
export const groupQuery = (id: string) => one(['group', id], () => api.group(id))
export const groupsOfQuery = (memberId: string) =>
  one(['groups', 'of', memberId], () => whole((page) => api.groups({ ...page, memberId })))
export const membersQuery = (id: string) => paged(['group', id, 'members'], (page) => api.groupMembers(id, page))

/** The roles granted to these users and groups, or on these organizations. */
export const grantsQuery = (by: 'subjectId' | 'resourceId', ids: readonly string[]) =>
  one<RoleGrant[]>(['role-grants', by, ids], async () => {
    const lists = await Promise.all(ids.map((id) => whole((page) => api.roleGrants({ ...page, [by]: id }))))
    return lists.flat()
  })
export const allGrantsQuery = paged(['role-grants'], (page) => api.roleGrants(page))

/** The people whose home is one of these organizations. */
export const usersAtHomeQuery = (organizationIds: readonly string[]) =>
  one<UserRecord[]>(['users', 'at-home', organizationIds], async () => {
    const lists = await Promise.all(
      organizationIds.map((organizationId) => whole((page) => api.users({ ...page, organizationId }))),
    )
    return lists.flat()
  })
