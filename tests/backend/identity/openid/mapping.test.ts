import { describe, expect, it } from 'vitest'
import { mergeClaims } from '../../../../backend/identity/openid/flow/read-answer.ts'
import { safeReturnPath } from '../../../../backend/identity/openid/flow/return-path.ts'
import { decideGrade } from '../../../../backend/identity/openid/mapping/decide-grade.ts'
import { readClaim } from '../../../../backend/identity/openid/mapping/read-claim.ts'
import type { MappingRule } from '../../../../backend/identity/openid/provider.ts'

const rule = (part: Partial<MappingRule>): MappingRule => ({
  claim: 'groups',
  operator: 'contains',
  values: ['staff'],
  role: 'editor',
  organizationId: null,
  ...part,
})
const gradeBy = (one: MappingRule, claims: Record<string, unknown>) =>
  decideGrade({ rules: [one], fallback: null }, claims).kind

describe('a claim is found by its path', () => {
  it.each<[string, unknown]>([
    ['groups', ['a']],
    ['realm_access.roles', ['b']],
    ['https://example.org/roles', 'c'],
    ['resource_access.my.client.roles', ['d']],
    ['realm_access.none', undefined],
    ['constructor', undefined],
    ['groups.length', undefined],
  ])('%s', (path, expected) => {
    const claims = {
      groups: ['a'],
      realm_access: { roles: ['b'] },
      'https://example.org/roles': 'c',
      resource_access: { 'my.client': { roles: ['d'] } },
    }
    expect(readClaim(claims, path)).toEqual(expected)
  })
})

describe('a rule fits', () => {
  it('a list that contains a value, and one value as a list of one; never a part of a text', () => {
    expect(gradeBy(rule({}), { groups: ['others', 'staff'] })).toBe('graded')
    expect(gradeBy(rule({}), { groups: 'staff' })).toBe('graded')
    expect(gradeBy(rule({}), { groups: 'not-staff-at-all' })).toBe('no-rule-fits')
    expect(gradeBy(rule({}), { groups: ['Staff'] })).toBe('no-rule-fits')
  })

  it('one value that equals, also a number or a truth value; never a list', () => {
    expect(gradeBy(rule({ operator: 'equals', values: ['7'] }), { groups: 7 })).toBe('graded')
    expect(gradeBy(rule({ operator: 'equals', values: ['true'] }), { groups: true })).toBe('graded')
    expect(gradeBy(rule({ operator: 'equals' }), { groups: ['staff'] })).toBe('no-rule-fits')
    expect(gradeBy(rule({ operator: 'equals', values: ['null'] }), { groups: null })).toBe('no-rule-fits')
  })

  it('in order: the first decides; without any the fallback', () => {
    const rules = [rule({ values: ['x'], role: 'viewer' }), rule({ role: 'org-admin' }), rule({ role: 'super-admin' })]
    const fallback = { role: 'viewer' as const, organizationId: 'there' }
    expect(decideGrade({ rules, fallback }, { groups: ['staff'] })).toMatchObject({
      rule: 1,
      grade: { role: 'org-admin' },
    })
    expect(decideGrade({ rules, fallback }, {})).toMatchObject({ rule: null, grade: fallback })
    expect(decideGrade({ rules, fallback: null }, {})).toEqual({ kind: 'missing-claim', claims: ['groups'] })
    expect(decideGrade({ rules: [], fallback: null }, {})).toEqual({ kind: 'no-rule-fits' })
  })
})

describe('claims of two places', () => {
  it('what is signed counts first', () => {
    expect(mergeClaims({ sub: 'a', name: 'signed' }, { sub: 'a', name: 'other', phone: '1' })).toEqual({
      sub: 'a',
      name: 'signed',
      phone: '1',
    })
  })

  it('a verified e-mail of the user info does not verify another one of the ID token', () => {
    const merged = mergeClaims({ email: 'victim@x.test' }, { email: 'own@x.test', email_verified: true })
    expect(merged).toEqual({ email: 'victim@x.test' })
    const same = { email: 'own@x.test', email_verified: true }
    expect(mergeClaims({ email: 'own@x.test' }, same)).toEqual(same)
    expect(mergeClaims({ email: 'own@x.test', email_verified: false }, same)['email_verified']).toBe(false)
  })
})

it('a return path stays on pages of ours', () => {
  const of = (wish: string | undefined) => safeReturnPath(wish, 'https://indag.test')
  expect(of('/requests/1?open=2#x')).toBe('/requests/1?open=2#x')
  for (const wish of [
    undefined,
    '',
    'x',
    '//e.test',
    '/\\e.test',
    '/\n/e.test',
    'https://e.test',
    '/api/v1/me',
    '/sign-in',
    '/x/..//e.test',
  ])
    expect(of(wish), String(wish)).toBe('/')
  expect(of(`/${'a'.repeat(3_000)}`)).toBe('/')
})
