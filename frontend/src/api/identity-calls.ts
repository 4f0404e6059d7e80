import { at, call, query, v1 } from './call.ts'
import type * as Api from './types.ts'

export type PageQuery = { limit?: number; cursor?: string | undefined; q?: string | undefined }
export type UserQuery = PageQuery & { role?: string | undefined; organizationId?: string | undefined }
export type UserChange = Partial<Pick<Api.User, 'name' | 'role' | 'organizationId'>> & {
  email?: string
  disabled?: boolean
}
export type Subject = { subjectType: 'user' | 'group'; subjectId: string }

const user = (id: string) => `${v1}/users/${at(id)}`
const group = (id: string) => `${v1}/groups/${at(id)}`
const account = (id: string) => `${v1}/service-accounts/${at(id)}`

/** The calls about who is who and who may what. */
export const identityCalls = {
  setupNeeded: () => call<{ needed: boolean }>(`${v1}/setup`),
  setUp: (json: { token: string; email: string; name: string; password: string }) =>
    call<unknown>(`${v1}/setup`, { json }),
  signIn: (json: { email: string; password: string }) => call<unknown>('/auth/sign-in', { json }),
  signOut: () => call<unknown>('/auth/sign-out', { method: 'POST' }),
  setPassword: (json: { token: string; password: string }) => call<unknown>('/auth/password', { json }),

  me: () => call<Api.Me>(`${v1}/me`),
  changeMe: (json: { name: string }) => call<unknown>(`${v1}/me`, { method: 'PATCH', json }),
  changePassword: (json: { currentPassword: string; password: string }) =>
    call<{ endedSessions: number }>(`${v1}/me/password`, { json }),
  sessions: () => call<{ items: Api.Session[] }>(`${v1}/sessions`),
  endSession: (id: string) => call<unknown>(`${v1}/sessions/${at(id)}`, { method: 'DELETE' }),
  endOtherSessions: () => call<{ ended: number }>(`${v1}/sessions`, { method: 'DELETE' }),

  apiTokens: () => call<{ items: Api.ApiToken[] }>(`${v1}/api-tokens`),
  createApiToken: (json: Api.NewApiToken) => call<Api.CreatedApiToken>(`${v1}/api-tokens`, { json }),
  revokeApiToken: (id: string) => call<unknown>(`${v1}/api-tokens/${at(id)}`, { method: 'DELETE' }),

  users: (filter: UserQuery) => call<Api.Page<Api.UserRecord>>(`${v1}/users${query(filter)}`),
  user: (id: string) => call<Api.UserRecord>(user(id)),
  inviteUser: (json: { email: string; name: string; role: string; organizationId?: string }) =>
    call<{ user: Api.UserRecord; link: Api.PasswordLink }>(`${v1}/users`, { json }),
  changeUser: (id: string, json: UserChange) => call<Api.UserRecord>(user(id), { method: 'PATCH', json }),
  createPasswordLink: (id: string) => call<Api.PasswordLink>(`${user(id)}/password-link`, { method: 'POST' }),
  userSessions: (id: string) => call<{ items: Api.Session[] }>(`${user(id)}/sessions`),
  endUserSession: (id: string, sessionId: string) =>
    call<unknown>(`${user(id)}/sessions/${at(sessionId)}`, { method: 'DELETE' }),
  endUserSessions: (id: string) => call<{ ended: number }>(`${user(id)}/sessions`, { method: 'DELETE' }),

  serviceAccounts: (filter: PageQuery) => call<Api.Page<Api.UserRecord>>(`${v1}/service-accounts${query(filter)}`),
  serviceAccount: (id: string) => call<Api.UserRecord>(account(id)),
  createServiceAccount: (json: { name: string; role: string; organizationId?: string }) =>
    call<Api.UserRecord>(`${v1}/service-accounts`, { json }),
  changeServiceAccount: (id: string, json: Omit<UserChange, 'email'>) =>
    call<Api.UserRecord>(account(id), { method: 'PATCH', json }),
  accountTokens: (id: string) => call<{ items: Api.ApiToken[] }>(`${account(id)}/api-tokens`),
  createAccountToken: (id: string, json: Api.NewApiToken) =>
    call<Api.CreatedApiToken>(`${account(id)}/api-tokens`, { json }),
  revokeAccountToken: (id: string, tokenId: string) =>
    call<unknown>(`${account(id)}/api-tokens/${at(tokenId)}`, { method: 'DELETE' }),

  groups: (filter: PageQuery & { memberId?: string }) => call<Api.Page<Api.Group>>(`${v1}/groups${query(filter)}`),
  group: (id: string) => call<Api.Group>(group(id)),
  createGroup: (json: { name: string; description: string; organizationId?: string }) =>
    call<Api.Group>(`${v1}/groups`, { json }),
  changeGroup: (id: string, json: { name: string; description: string }) =>
    call<Api.Group>(group(id), { method: 'PATCH', json }),
  deleteGroup: (id: string) => call<unknown>(group(id), { method: 'DELETE' }),
  groupMembers: (id: string, page: PageQuery) => call<Api.Page<Api.GroupMember>>(`${group(id)}/members${query(page)}`),
  addGroupMember: (id: string, userId: string) =>
    call<unknown>(`${group(id)}/members/${at(userId)}`, { method: 'PUT' }),
  removeGroupMember: (id: string, userId: string) =>
    call<unknown>(`${group(id)}/members/${at(userId)}`, { method: 'DELETE' }),

  organizations: (page: PageQuery) => call<Api.Page<Api.Organization>>(`${v1}/organizations${query(page)}`),
  createOrganization: (json: { name: string; parentId?: string }) =>
    call<Api.Organization>(`${v1}/organizations`, { json }),
  changeOrganization: (id: string, json: { name?: string; parentId?: string; archived?: boolean }) =>
    call<Api.Organization>(`${v1}/organizations/${at(id)}`, { method: 'PATCH', json }),
  deleteOrganization: (id: string) => call<unknown>(`${v1}/organizations/${at(id)}`, { method: 'DELETE' }),

  roles: () => call<Api.RoleMatrix>(`${v1}/roles`),
  roleGrants: (filter: PageQuery & { subjectId?: string; resourceId?: string }) =>
    call<Api.Page<Api.RoleGrant>>(`${v1}/role-grants${query(filter)}`),
  grantRole: (json: Subject & { role: string; resourceId: string }) =>
    call<Api.RoleGrant>(`${v1}/role-grants`, { json }),
  revokeRoleGrant: (id: string) => call<unknown>(`${v1}/role-grants/${at(id)}`, { method: 'DELETE' }),
}
