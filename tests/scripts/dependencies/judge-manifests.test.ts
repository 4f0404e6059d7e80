import { expect, test } from 'vitest'
import { judgeManifests } from '../../../scripts/dependencies/judge-manifests.ts'

const root = { dependencies: { a: '1.2.3' }, devDependencies: { '@b/c': '4.0.0-beta.17' } }

test('exact versions in the root, and a lock made from them, are taken', () => {
  expect(judgeManifests({ '': root, backend: {} }, root)).toEqual([])
})

test.each([
  '^1.2.3',
  '~1.2.3',
  '1.x',
  '*',
  'latest',
  '>=1',
  'git+https://example.org/a.git',
  'file:../a',
  'npm:b@1.2.3',
  '',
])('the version "%s" is refused', (version) => {
  const manifest = { dependencies: { a: version } }
  expect(judgeManifests({ '': manifest }, manifest)).toEqual([
    `package.json has a as "${version}": write one exact version`,
  ])
})

test.each(['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'])(
  'a workspace names no %s of its own',
  (kind) => {
    expect(judgeManifests({ '': root, backend: { [kind]: { z: '1.0.0' } } }, root)).toEqual([
      'backend/package.json names z: dependencies stand in the root package.json',
    ])
  },
)

test('a lock that was made from another package.json is refused', () => {
  expect(judgeManifests({ '': root }, { ...root, dependencies: { a: '1.2.2' } })).toEqual([
    'package-lock.json was not made from a 1.2.3: run npm install',
  ])
})
