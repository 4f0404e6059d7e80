import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideAccess, type Grant, type Standing } from '../../../../backend/identity/access/decide-access.ts'
import { organizationTree } from '../../../../backend/identity/access/organization-tree.ts'
import { organizationsWhere, permissionsSomewhere } from '../../../../backend/identity/access/organizations-where.ts'
import { grantRoles, type Permission, permissions, roles } from '../../../../backend/identity/access/permissions.ts'
import type { Principal } from '../../../../backend/identity/index.ts'

/** root → { north → { oslo (archived) → docks }, south } */
const tree = organizationTree([
  { id: 'root', parentId: null, archived: false },
  { id: 'north', parentId: 'root', archived: false },
  { id: 'south', parentId: 'root', archived: false },
  { id: 'oslo', parentId: 'north', archived: true },
  { id: 'docks', parentId: 'oslo', archived: false },
])
const ada: Standing = {
  userId: 'ada',
  role: 'viewer',
  organizationId: 'north',
  groupIds: ['night-shift'],
  scopes: null,
  confinedTo: null,
}
const toAda = (role: Grant['role'], id: string): Grant => ({
  subject: { type: 'user', id: 'ada' },
  role,
  resource: { type: 'organization', id },
})
const toGroup = (group: string, role: Grant['role'], id: string): Grant => ({
  ...toAda(role, id),
  subject: { type: 'group', id: group },
})

function decide(caller: Partial<Standing>, permission: Permission, organizationId: string, ...grants: Grant[]): string {
  const decision = decideAccess({ caller: { ...ada, ...caller }, grants, tree, permission, organizationId })
  return decision.kind === 'allowed' ? `allowed by ${decision.by.role}` : decision.reason
}

describe('access', () => {
  it.each([
    ['at home', {}, 'requests:read', 'north', 'allowed by viewer'],
    ['below home', {}, 'requests:read', 'docks', 'allowed by viewer'],
    ['not above home', {}, 'requests:read', 'root', 'no-role'],
    ['not beside home', {}, 'requests:read', 'south', 'no-role'],
    [
      'not in an organization that is not there',
      { organizationId: 'root', role: 'super-admin' },
      'requests:read',
      'atlantis',
      'no-such-organization',
    ],
    ['not beyond the role', {}, 'sources:write', 'north', 'no-role'],
    ['an editor changes sources at home', { role: 'editor' }, 'sources:write', 'north', 'allowed by editor'],
    ['an editor administers nobody', { role: 'editor' }, 'users:read', 'north', 'no-role'],
    [
      'an org-admin administers below home',
      { role: 'org-admin', organizationId: 'root' },
      'users:write',
      'south',
      'allowed by org-admin',
    ],
    ['an org-admin does not administer above home', { role: 'org-admin' }, 'users:write', 'root', 'no-role'],
    [
      'a super-admin does everything everywhere',
      { role: 'super-admin', organizationId: 'root' },
      'roles:write',
      'docks',
      'allowed by super-admin',
    ],
    ['a token within its scopes', { scopes: ['requests:read'] }, 'requests:read', 'north', 'allowed by viewer'],
    ['a token not beyond its scopes', { scopes: ['sources:read'] }, 'requests:read', 'north', 'out-of-scope'],
    ['a scope gives nothing that the role does not', { scopes: ['users:write'] }, 'users:write', 'north', 'no-role'],
    [
      'a token in the organization it is limited to',
      { organizationId: 'root', confinedTo: 'north' },
      'requests:read',
      'docks',
      'allowed by viewer',
    ],
    [
      'a token not above the organization it is limited to',
      { organizationId: 'root', confinedTo: 'north' },
      'requests:read',
      'root',
      'out-of-organization',
    ],
    ['reading goes on in an archived organization', {}, 'requests:read', 'oslo', 'allowed by viewer'],
    ['work does not go on in an archived organization', {}, 'requests:write', 'oslo', 'archived'],
    ['nor below one', { role: 'editor' }, 'sources:write', 'docks', 'archived'],
    [
      'administration goes on in an archived organization',
      { role: 'org-admin' },
      'users:write',
      'docks',
      'allowed by org-admin',
    ],
  ] as const)('%s', (_name, caller, permission, organizationId, expected) => {
    expect(decide(caller as Partial<Standing>, permission, organizationId)).toBe(expected)
  })

  it.each([
    [
      'a grant holds where it was given',
      toAda('maintainer', 'south'),
      'sources:write',
      'south',
      'allowed by maintainer',
    ],
    ['a grant holds below', toAda('operator', 'root'), 'requests:write', 'south', 'allowed by operator'],
    ['a grant does not hold above', toAda('maintainer', 'south'), 'requests:read', 'root', 'no-role'],
    [
      'a grant to a group of theirs counts',
      toGroup('night-shift', 'viewer', 'south'),
      'requests:read',
      'south',
      'allowed by viewer',
    ],
    ['a grant to another group does not', toGroup('day-shift', 'viewer', 'south'), 'requests:read', 'south', 'no-role'],
    [
      'a grant to a user by the name of a group does not',
      { ...toAda('viewer', 'south'), subject: { type: 'user', id: 'night-shift' } },
      'requests:read',
      'south',
      'no-role',
    ],
    [
      'a grant on another sort of thing does not',
      { ...toAda('maintainer', 'south'), resource: { type: 'source', id: 'south' } },
      'requests:read',
      'south',
      'no-role',
    ],
    ['a viewer by grant reads only', toAda('viewer', 'south'), 'requests:write', 'south', 'no-role'],
    ['an operator asks, and changes no source', toAda('operator', 'south'), 'sources:write', 'south', 'no-role'],
    ['a maintainer administers nobody', toAda('maintainer', 'south'), 'users:read', 'south', 'no-role'],
    ['a maintainer makes no tokens there', toAda('maintainer', 'south'), 'tokens:write', 'south', 'no-role'],
  ] as const)('%s', (_name, grant, permission, organizationId, expected) => {
    expect(decide({}, permission, organizationId, grant)).toBe(expected)
  })

  it('says who could, for what roles may be granted and for what they may not', () => {
    const whoCould = (permission: Permission) =>
      decideAccess({ caller: ada, grants: [], tree, permission, organizationId: 'south' })
    expect(whoCould('sources:write')).toMatchObject({ whoCould: 'the role editor, or maintainer by grant,' })
    expect(whoCould('users:write')).toMatchObject({ whoCould: 'the role org-admin' })
  })
})

/** A random tree: the parent of each organization is an earlier one. */
const worlds = fc
  .array(fc.record({ parent: fc.nat(), archived: fc.boolean() }), { minLength: 0, maxLength: 12 })
  .chain((rest) => {
    const nodes = [
      { id: 'o0', parentId: null as string | null, archived: false },
      ...rest.map(({ parent, archived }, i) => ({ id: `o${i + 1}`, parentId: `o${parent % (i + 1)}`, archived })),
    ]
    const place = fc.constantFrom(...nodes.map((node) => node.id))
    const grant = fc.record({
      subject: fc.record({
        type: fc.constantFrom('user' as const, 'group' as const),
        id: fc.constantFrom('me', 'g1', 'g2', 'other'),
      }),
      role: fc.constantFrom(...grantRoles),
      resource: fc.record({ type: fc.constantFrom('organization', 'source'), id: place }),
    })
    const caller = fc.record({
      userId: fc.constant('me'),
      role: fc.constantFrom(...roles),
      organizationId: place,
      groupIds: fc.subarray(['g1', 'g2']),
      scopes: fc.option(fc.subarray([...permissions])),
      confinedTo: fc.option(place),
    })
    return fc.record({ nodes: fc.constant(nodes), caller, grants: fc.array(grant, { maxLength: 5 }) })
  })

type World = { nodes: { id: string; parentId: string | null; archived: boolean }[]; caller: Standing; grants: Grant[] }

// Written a second time, in the plainest way, from the page of roles: docs/decisions/0030.
const administration = [
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
]
const globally: Record<string, (permission: string) => boolean> = {
  'super-admin': () => true,
  'org-admin': (permission) => !permission.startsWith('openid:'),
  editor: (permission) => !administration.includes(permission),
  viewer: (permission) =>
    ['requests:read', 'requests:write', 'sources:read', 'tokens:read', 'organizations:read', 'system:read'].includes(
      permission,
    ),
}
const byGrant: Record<string, string[]> = {
  viewer: ['requests:read', 'sources:read', 'organizations:read'],
  operator: ['requests:read', 'requests:write', 'sources:read', 'organizations:read'],
  maintainer: ['requests:read', 'requests:write', 'sources:read', 'sources:write', 'organizations:read'],
}

function bruteForce({ nodes, caller, grants }: World, permission: Permission, at: string): boolean {
  const parents = new Map(nodes.map((node) => [node.id, node.parentId]))
  const above = (id: string | null): string[] => (id === null ? [] : [id, ...above(parents.get(id) ?? null)])
  const reaches = (base: string) => above(at).some((id) => id === base)
  const home = reaches(caller.organizationId) && globally[caller.role]!(permission)
  const granted = grants.some(
    ({ subject, role, resource }) =>
      resource.type === 'organization' &&
      (subject.type === 'user' ? subject.id === caller.userId : caller.groupIds.includes(subject.id)) &&
      reaches(resource.id) &&
      byGrant[role]!.includes(permission),
  )
  const archived = nodes.filter((node) => node.archived).some((node) => reaches(node.id))
  return (
    (home || granted) &&
    (caller.scopes === null || caller.scopes.includes(permission)) &&
    (caller.confinedTo === null || reaches(caller.confinedTo)) &&
    !(archived && (permission === 'requests:write' || permission === 'sources:write'))
  )
}

describe('on random trees', () => {
  it('a decision is what brute force says, and the filter of lists is all the places where it says yes', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(...permissions), (world, permission) => {
        const picture = organizationTree(world.nodes)
        const { caller, grants } = world
        const yes = world.nodes
          .map(({ id }) => id)
          .filter((organizationId) => {
            const decision = decideAccess({ caller, grants, tree: picture, permission, organizationId })
            const expected = bruteForce(world, permission, organizationId)
            expect(decision.kind).toBe(expected ? 'allowed' : 'refused')
            return expected
          })
        const access = { standing: caller, grants, tree: picture }
        const where = organizationsWhere({ access } as unknown as Principal, permission)
        expect(where === 'all' ? world.nodes.map(({ id }) => id) : [...where].sort()).toEqual(
          where === 'all' ? yes : yes.toSorted(),
        )
        // Somewhere means: in one place at least, but for the archived ones, of which a permission knows nothing.
        if (yes.length > 0) expect(permissionsSomewhere(access)).toContain(permission)
      }),
      { numRuns: 2_000 },
    )
  })

  it('the picture knows paths and subtrees as brute force does', () => {
    fc.assert(
      fc.property(worlds, ({ nodes }) => {
        const picture = organizationTree(nodes)
        const within = (id: string, ancestor: string): boolean =>
          id === ancestor ||
          nodes.some((node) => node.id === id && node.parentId !== null && within(node.parentId, ancestor))
        for (const { id } of nodes) {
          const below = nodes.map((node) => node.id).filter((each) => within(each, id))
          expect(picture.subtree(id).toSorted()).toEqual(below.toSorted())
          for (const other of nodes) expect(picture.isWithin(other.id, id)).toBe(within(other.id, id))
        }
        expect(picture.rootId).toBe('o0')
      }),
      { numRuns: 200 },
    )
  })
})

it('a circle in the rows hangs nobody and lets nobody in', () => {
  const broken = organizationTree([
    { id: 'root', parentId: null, archived: false },
    { id: 'a', parentId: 'b', archived: false },
    { id: 'b', parentId: 'a', archived: false },
  ])
  expect(broken.isWithin('a', 'root')).toBe(false)
  expect(broken.subtree('a').toSorted()).toEqual(['a', 'b'])
})
