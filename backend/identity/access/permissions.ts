/** Every permission there is. A token's scopes are written in the same words. */
export const permissions = [
  'requests:read',
  'requests:write',
  'sources:read',
  'sources:write',
  'tokens:read',
  'tokens:write',
  'users:read',
  'users:write',
  'system:read',
] as const

export type Permission = (typeof permissions)[number]

/** From the least to the most powerful. */
export const roles = ['viewer', 'editor', 'super-admin'] as const

export type Role = (typeof roles)[number]

/** What a route may ask of its caller. `public` asks nothing; `signed-in` asks for any caller. */
export type RequiredPermission = Permission | 'public' | 'signed-in'

const grants: Record<Role, ReadonlySet<Permission>> = {
  'super-admin': new Set(permissions),
  editor: new Set(permissions.filter((permission) => !permission.startsWith('users:'))),
  viewer: new Set(['requests:read', 'requests:write', 'sources:read', 'tokens:read', 'system:read']),
}

/** The permissions of a role, in the order of `permissions`. */
export function permissionsOf(role: Role): Permission[] {
  return permissions.filter((permission) => grants[role].has(permission))
}

/** The least powerful role that has this permission. */
export function leastRoleWith(permission: Permission): Role {
  return roles.find((role) => grants[role].has(permission)) ?? 'super-admin'
}

/** What a token may do: its scopes, as far as its owner's role still has them. */
export function effectiveScopes(scopes: readonly string[], role: Role): Permission[] {
  return permissionsOf(role).filter((permission) => scopes.includes(permission))
}

export function isPermission(text: string): text is Permission {
  return (permissions as readonly string[]).includes(text)
}
