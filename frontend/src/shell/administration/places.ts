import { Bot, Building2, Fingerprint, Grid3x3, ScrollText, User, Users } from 'lucide-react'

/** The pages of the administration, and the permission that each is for; null: whoever is signed in. */
export const administrationPlaces = [
  { to: '/users', label: 'Users', permission: 'users:read', Icon: User },
  { to: '/groups', label: 'Groups', permission: 'groups:read', Icon: Users },
  { to: '/service-accounts', label: 'Service accounts', permission: 'service-accounts:read', Icon: Bot },
  { to: '/organizations', label: 'Organizations', permission: 'organizations:read', Icon: Building2 },
  { to: '/openid-providers', label: 'OpenID', permission: 'openid:read', Icon: Fingerprint },
  { to: '/roles', label: 'Roles', permission: null, Icon: Grid3x3 },
  { to: '/audit', label: 'Audit', permission: 'audit:read', Icon: ScrollText },
] as const

export type AdministrationPlace = (typeof administrationPlaces)[number]

/** The place that an address belongs to, such as `/users/0199…` to Users. */
export function placeOf(pathname: string): AdministrationPlace | undefined {
  return administrationPlaces.find(({ to }) => pathname === to || pathname.startsWith(`${to}/`))
}
