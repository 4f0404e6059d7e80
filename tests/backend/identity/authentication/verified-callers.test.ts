import { expect, it } from 'vitest'
import { organizationTree } from '../../../../backend/identity/access/organization-tree.ts'
import { openVerifiedCallers } from '../../../../backend/identity/authentication/verified-callers.ts'
import type { Principal } from '../../../../backend/identity/index.ts'

const clock = { nowMs: 0, now: () => clock.nowMs }
const ada: Principal = {
  user: { id: '1', email: 'ada@example.org', name: 'Ada', role: 'viewer', kind: 'person', organizationId: '3' },
  organizationId: '3',
  scopes: [],
  access: {
    standing: { userId: '1', role: 'viewer', organizationId: '3', groupIds: [], scopes: [], confinedTo: null },
    grants: [],
    tree: organizationTree([]),
  },
  via: 'token',
  tokenId: '2',
  tokenName: 'laptop',
}

it('does not keep a caller whose look-up began before a revocation', () => {
  const callers = openVerifiedCallers(clock)
  const generation = callers.generation()
  callers.forgetAll()
  callers.keep('ada', ada, generation, Infinity)
  expect(callers.find('ada')).toBeUndefined()
})

it('keeps nobody beyond the end of their credential', () => {
  const callers = openVerifiedCallers(clock)
  callers.keep('ada', ada, callers.generation(), 1_000)
  expect(callers.find('ada')).toBe(ada)
  clock.nowMs = 1_000
  expect(callers.find('ada')).toBeUndefined()
})

it('stays bounded, and lets the oldest go', () => {
  const callers = openVerifiedCallers(clock)
  for (let i = 0; i <= 10_000; i++) callers.keep(`caller ${i}`, ada, callers.generation(), Infinity)
  expect(callers.find('caller 0')).toBeUndefined()
  expect(callers.find('caller 10000')).toBe(ada)
})
