import { describe, expect, it } from 'vitest'
import { checkCycles } from './rules/cycles.ts'
import { checkDirection } from './rules/direction.ts'
import { checkEnvironment, checkSql } from './rules/places.ts'
import { checkFolders, checkModules, checkNames } from './rules/shape.ts'
import { scanImports } from './scan-imports.ts'
import type { SourceFile } from './source-files.ts'

const file = (path: string, text = ''): SourceFile => ({ path, text })

describe('the direction of imports', () => {
  it.each([
    ['uphill', 'backend/identity/x.ts', `import { a } from '../enrichment/index.ts'`, /downhill/],
    ['sideways', 'backend/tasks/x.ts', `import { a } from '../runner-pool/index.ts'`, /downhill/],
    ['uphill for a type only', 'backend/foundation/x.ts', `import type { A } from '../identity/index.ts'`, /downhill/],
    ['uphill at run time', 'backend/sources/x.ts', `const a = await import('../enrichment/index.ts')`, /downhill/],
    ['past the door', 'backend/identity/a/x.ts', `import { a } from '../../foundation/clock/clock.ts'`, /door/],
    ['past the door by a re-export', 'backend/app/x.ts', `export { a } from '../sources/store.ts'`, /door/],
    [
      'past the door in several lines',
      'backend/app/x.ts',
      `import {\n  a,\n  type B,\n} from '../sources/store.ts'`,
      /door/,
    ],
    [
      'of a module that the table does not know',
      'backend/identity/x.ts',
      `import '../extras/index.ts'`,
      /table of levels/,
    ],
    ['from the backend into a runner', 'backend/app/x.ts', `import '../../runners/contract/index.ts'`, /only itself/],
    [
      'from the backend into the runner package',
      'backend/app/x.ts',
      `import '@indag/runner-contract'`,
      /only @indag\/proto/,
    ],
    ['between the runners', 'runners/python/x.ts', `import '../javascript/main.ts'`, /runners\/contract/],
    [
      'from a runner into the backend',
      'runners/contract/x.ts',
      `import { a } from '../../backend/foundation/index.ts'`,
      /only itself/,
    ],
    [
      'from the conformance suite into a runner',
      'runners/conformance/x.ts',
      `import '../contract/index.ts'`,
      /only itself/,
    ],
    [
      'from a runner into the conformance suite',
      'runners/python/x.ts',
      `import '../conformance/index.ts'`,
      /only itself/,
    ],
    [
      'from another command into the conformance suite',
      'cli/commands/sources/x.ts',
      `import '../../../runners/conformance/index.ts'`,
      /only itself/,
    ],
    [
      'past the door of the conformance suite',
      'cli/commands/runners/x.ts',
      `import '../../../runners/conformance/check.ts'`,
      /only itself/,
    ],
    [
      'from the frontend into the backend',
      'frontend/src/x.ts',
      `import type { A } from '../../backend/app/api.ts'`,
      /only itself/,
    ],
    ['of the API as a value', 'frontend/src/x.ts', `import { api } from '@indag/backend/api'`, /import type/],
    [
      'of the API as a value among types',
      'cli/x.ts',
      `import { api, type App } from '@indag/backend/api'`,
      /import type/,
    ],
    ['of the API that still loads it', 'cli/x.ts', `import { type App } from '@indag/backend/api'`, /import type/],
    ['in the catalog', 'catalog/a/b/source.js', `import fs from 'node:fs'`, /imports nothing/],
    ['from the scripts into a module', 'scripts/x.ts', `import '../backend/enrichment/index.ts'`, /foundation/],
  ])('refuses an import %s', (_name, path, text, problem) => {
    expect(checkDirection([file(path, text)])).toEqual([expect.stringMatching(problem)])
  })

  it.each([
    [
      'backend/enrichment/x.ts',
      `import { a } from '../foundation/index.ts'\nimport { b } from '../runner-pool/index.ts'`,
    ],
    ['backend/main.ts', `import { start } from './app/index.ts'`],
    ['backend/runner-pool/x.ts', `import { A } from '@indag/proto/runner/v1/runner.ts'`],
    ['runners/python/x.ts', `import { serve } from '../contract/index.ts'`],
    ['runners/conformance/x.ts', `import { A } from '@indag/proto/runner/v1/runner.ts'`],
    ['cli/commands/runners/x.ts', `import { a } from '../../../runners/conformance/index.ts'`],
    ['frontend/src/x.ts', `import type { App } from '@indag/backend/api'`],
    ['cli/x.ts', `export type { App } from '@indag/backend/api'`],
  ])('allows %s', (path, text) => {
    expect(checkDirection([file(path, text)])).toEqual([])
  })
})

describe('the scan of imports', () => {
  it('ignores comments, and texts that look like imports', () => {
    const text = `// import '../a.ts'\n/* import '../b.ts' */\nexport const url = 'https://x'\nconst words = 'from nowhere'\nexport type Q = 'c'`
    expect(scanImports(file('backend/app/x.ts', text))).toEqual([])
  })

  it('sees an import behind a URL with slashes', () => {
    const text = `const a = 'http://x//y'; import '../b.ts'`
    expect(scanImports(file('backend/app/x.ts', text)).map((found) => found.target)).toEqual(['backend/b.ts'])
  })
})

describe('import cycles', () => {
  it('refuses a circle of three files', () => {
    const files = [
      file('cli/a.ts', `import './b.ts'`),
      file('cli/b.ts', `export * from './c.ts'`),
      file('cli/c.ts', `import { a } from './a.ts'`),
    ]
    expect(checkCycles(files)).toEqual(['cli/a.ts → cli/b.ts → cli/c.ts → cli/a.ts'])
  })

  it('allows one that types alone close', () => {
    expect(
      checkCycles([file('cli/a.ts', `import './b.ts'`), file('cli/b.ts', `import type { A } from './a.ts'`)]),
    ).toEqual([])
  })
})

describe('SQL outside a store', () => {
  it.each([
    ['a tagged template', 'const rows = await sql<Row[]>`select 1`'],
    ['a fragment', 'const order = sql`order by id`'],
    ['another tag', 'await transaction`update a set b = 1`'],
    ['unchecked text', 'await tx.unsafe(text)'],
  ])('refuses %s', (_name, text) => {
    expect(checkSql([file('backend/identity/sign-in.ts', text)])).toEqual([expect.stringContaining('holds SQL')])
  })

  it('allows it in a store, and prose that begins alike', () => {
    const prose = file('backend/identity/x.ts', 'const help = `Select a source`\n// sql`select 1`')
    expect(
      checkSql([
        file('backend/identity/store.ts', 'sql`select 1`'),
        file('backend/a/store/b.ts', 'sql`select 1`'),
        prose,
      ]),
    ).toEqual([])
  })
})

describe('reading the environment elsewhere', () => {
  it.each(['process.env.A', "process.env['A']", "process['env']", `import { env } from 'node:process'`])(
    'refuses %s',
    (text) => {
      expect(checkEnvironment([file('backend/app/main.ts', text)])).toEqual([
        expect.stringContaining('reads the environment'),
      ])
    },
  )

  it('allows it in the one file', () => {
    expect(checkEnvironment([file('backend/app/config/env.ts', 'process.env')])).toEqual([])
  })
})

describe('the shape of modules', () => {
  it('refuses a module without a door or a page', () => {
    expect(checkModules([file('backend/a/x.ts')])).toEqual([
      expect.stringContaining('no door'),
      expect.stringContaining('no README'),
    ])
  })

  it('refuses a page that is too long to be read', () => {
    const files = [file('backend/a/index.ts'), file('backend/a/README.md', 'line\n'.repeat(41))]
    expect(checkModules(files)).toEqual([expect.stringContaining('41 lines')])
  })

  it.each([
    'backend/a/utils.ts',
    'frontend/src/helpers/x.ts',
    'cli/string-utils.ts',
    'runners/contract/task-manager.ts',
  ])('refuses the name %s', (path) => {
    expect(checkNames([file(path)])).toEqual([expect.stringContaining('find the noun')])
  })

  it('refuses a folder of fifteen files', () => {
    const files = Array.from({ length: 15 }, (_, index) => file(`cli/many/${index}.ts`))
    expect(checkFolders(files)).toEqual([expect.stringContaining('holds 15 files')])
  })
})
