import { describe, expect, test } from 'vitest'
import type { Decided } from '../../../scripts/dependencies/decided.ts'
import { judgeLock, type LockedPackage } from '../../../scripts/dependencies/judge-lock.ts'

const sound: LockedPackage = { version: '1.2.3', integrity: `sha512-${'a'.repeat(86)}==`, license: 'MIT' }
const nothing: Decided = { licences: ['MIT'], licenceExceptions: {}, installScripts: {} }
const usual: Record<string, LockedPackage> = {
  '': { version: '0.1.0' },
  ours: { name: '@indag/ours', version: '0.1.0' },
  'node_modules/@indag/ours': { resolved: 'ours', link: true },
  'node_modules/a': sound,
}

const judge = (packages: Record<string, LockedPackage>, decided = nothing, installed: Record<string, string> = {}) =>
  judgeLock({ packages: { ...usual, ...packages } }, ['ours'], decided, (path) => installed[path])

test('packages of the registry beside our own workspaces are taken', () => {
  expect(judge({ 'node_modules/@scope/b': sound, 'node_modules/a/node_modules/b': sound })).toEqual([])
})

describe('a package is refused', () => {
  test.each<[string, LockedPackage, RegExp]>([
    ['without a hash', { ...sound, integrity: '' }, /no sha512/],
    ['with a weak hash', { ...sound, integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, /no sha512/],
    ['from git', { ...sound, resolved: 'git+ssh://git@example.org/a.git#0123' }, /comes from git/],
    ['from a file', { ...sound, resolved: 'file:../b.tgz' }, /comes from file/],
    ['from the address of a machine', { ...sound, resolved: 'http://10.0.0.1:4873/b.tgz' }, /comes from http/],
    ['under another name', { ...sound, name: 'c' }, /is c under another name/],
    ['of no exact version', { ...sound, version: 'latest' }, /which is none/],
    ['deprecated', { ...sound, deprecated: 'use c' }, /is deprecated: use c/],
    ['under an unknown licence', { ...sound, license: 'AGPL-3.0' }, /AGPL-3.0, which is not decided/],
    ['under no licence', { version: '1.2.3', integrity: sound.integrity! }, /licence none/],
    ['with a script at installation', { ...sound, hasInstallScript: true }, /runs a script/],
    ['that is a link out of the repository', { resolved: '../b', link: true }, /no workspace/],
  ])('%s', (_, entry, fault) => {
    const faults = judge({ 'node_modules/b': entry })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/\bb\b/)
    expect(faults[0]).toMatch(fault)
  })

  test('that is a folder of its own', () => {
    expect(judge({ 'vendor/b': sound })).toEqual(['vendor/b is a folder that is no workspace of ours'])
  })

  test('named like something that every object has', () => {
    expect(judge({ 'node_modules/constructor': { ...sound, hasInstallScript: true } })).toHaveLength(1)
  })
})

describe('licences', () => {
  test('are read from the installed package before the lock', () => {
    expect(judge({}, nothing, { 'node_modules/a': 'SSPL-1.0' })).toEqual([
      'node_modules/a is under the licence SSPL-1.0, which is not decided on',
    ])
  })

  test('have exceptions, which hold for that package and its platforms only', () => {
    const decided = { ...nothing, licenceExceptions: { 'b*': 'a reason' } }
    const copyleft = { ...sound, license: 'MPL-2.0' }
    expect(judge({ 'node_modules/b': copyleft, 'node_modules/b-linux': copyleft }, decided)).toEqual([])
    expect(judge({ 'node_modules/b': copyleft, 'node_modules/c': copyleft }, decided)).toHaveLength(1)
  })
})

test('what is decided on and not needed any more is to be removed', () => {
  const decided = { ...nothing, licenceExceptions: { gone: 'a reason' }, installScripts: { a: 'a reason' } }
  expect(judge({}, decided)).toEqual([
    'The licence exception of gone is decided on, but nothing needs it: remove it from decided.ts',
    'The installation script of a is decided on, but nothing needs it: remove it from decided.ts',
  ])
})

test('production has each library once by its major; what only tests use may differ', () => {
  const second = (entry: LockedPackage) => judge({ 'node_modules/b/node_modules/a': entry, 'node_modules/b': sound })
  expect(second({ ...sound, version: '1.9.0' })).toEqual([])
  expect(second({ ...sound, version: '2.0.0', dev: true })).toEqual([])
  expect(second({ ...sound, version: '2.0.0' })).toEqual(['a is there in the majors 1 and 2'])
})
