/** Every permission there is. A token's scopes are written in the same words. */
export const permissions = [
  'requests:read',
  'requests:write',
  'sources:read',
  'sources:write',
  'tokens:read',
  'tokens:write',
  'organizations:read',
  'organizations:write',
  'users:read',
  'users:write',
  'groups:read',
  'groups:write',
  'service-accounts:read',
  'service-accounts:write',
  'roles:read',
  'roles:write',
  'openid:read',
  'openid:write',
  'audit:read',
  'system:read',
] as const

export type Permission = (typeof permissions)[number]

/** Global roles, from the least to the most powerful. They hold in a user's home organization and all below it. */
export const roles = ['viewer', 'editor', 'org-admin', 'super-admin'] as const

export type Role = (typeof roles)[number]

/** Roles that are granted on one resource, from the least to the most powerful, to a user or a group. */
export const grantRoles = ['viewer', 'operator', 'maintainer'] as const

export type GrantRole = (typeof grantRoles)[number]

/** What a route may ask of its caller. `public` asks nothing; `signed-in` asks for any caller. */
export type RequiredPermission = Permission | 'public' | 'signed-in'

/**
 * Where a caller must hold a route's permission. `everywhere`: over the whole installation. `somewhere`: the handler
 * narrows by organization, or serves only what is the caller's own.
 */
export type Held = 'everywhere' | 'somewhere'

const administration = /^(users|groups|service-accounts|roles|openid|audit):|^organizations:write$/

const ofRole: Record<Role, ReadonlySet<Permission>> = {
  'super-admin': new Set(permissions),
  // Whoever says who may come in, and as what, could come in as anybody.
  'org-admin': new Set(permissions.filter((permission) => !permission.startsWith('openid:'))),
  editor: new Set(permissions.filter((permission) => !administration.test(permission))),
  viewer: new Set([
    'requests:read',
    'requests:write',
    'sources:read',
    'tokens:read',
    'organizations:read',
    'system:read',
  ]),
}

const ofGrant: Record<GrantRole, ReadonlySet<Permission>> = {
  maintainer: new Set(['requests:read', 'requests:write', 'sources:read', 'sources:write', 'organizations:read']),
  operator: new Set(['requests:read', 'requests:write', 'sources:read', 'organizations:read']),
  viewer: new Set(['requests:read', 'sources:read', 'organizations:read']),
}

/** The permissions of a global role, in the order of `permissions`. */
export function permissionsOf(role: Role): Permission[] {
  return permissions.filter((permission) => ofRole[role].has(permission))
}

/** The permissions of a granted role, in the order of `permissions`. */
export function permissionsOfGrant(role: GrantRole): Permission[] {
  return permissions.filter((permission) => ofGrant[role].has(permission))
}

/** The least powerful global role that has this permission. */
export function leastRoleWith(permission: Permission): Role {
  return roles.find((role) => ofRole[role].has(permission)) ?? 'super-admin'
}

/** The least powerful role to grant that has this permission; administration is not granted on one resource. */
export function leastGrantWith(permission: Permission): GrantRole | undefined {
  return grantRoles.find((role) => ofGrant[role].has(permission))
}

/** Whether `role` may do more than `other`. */
export function outranks(role: Role, other: Role): boolean {
  return roles.indexOf(role) > roles.indexOf(other)
}

/** Work that an archived organization takes no more; reading and administering it goes on. */
export function isWork(permission: Permission): boolean {
  return permission === 'requests:write' || permission === 'sources:write'
}

/** The permission that says whether a caller may know of a thing at all. */
export function readingOf(permission: Permission): Permission {
  const reading = permission.replace(/:write$/, ':read')
  return isPermission(reading) ? reading : permission
}

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text)
}
