import { status } from '@grpc/grpc-js'
import { Diagnostic_Severity } from '@indag/proto/runner/v1/runner.ts'
import type { Diagnostic } from '@indag/proto/runner/v1/runner.ts'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { MARKED_LINE } from '../fixtures/fixture-names.ts'
import { tell } from '../probe/answers.ts'
import { demandFailure } from '../probe/bench.ts'
import type { Bench } from '../probe/bench.ts'

const guide = 'Versions'

/** Init, Update, Delete: what the runner holds. */
export const versions: Check[] = [
  {
    id: 'versions.update-holds',
    promise: 'Update compiles a version, answers its hooks, and holds it',
    guide,
    run: async (bench) => {
      const version = bench.version('echo')
      const answer = await bench.connection.unary('update', { version })
      demand(answer.ok, 'Update succeeds', tell(answer))
      demandEqual(answer.value.hooks, ['fetchData'], 'hooks')
      demandEqual(answer.value.diagnostics, [], 'diagnostics')
      const { held } = await bench.describe()
      demand(held.includes(version.hash), `Describe.held contains ${version.hash}`, held)
    },
  },
  {
    id: 'versions.update-idempotent',
    promise: 'Update with a version that is held answers the same again, and holds it once',
    guide,
    run: async (bench) => {
      const version = bench.version('echo')
      const first = await bench.connection.unary('update', { version })
      const second = await bench.connection.unary('update', { version })
      demand(first.ok && second.ok, 'both Updates succeed', [tell(first), tell(second)])
      demandEqual(second.value.hooks, first.value.hooks, 'hooks of the second Update')
      const { held } = await bench.describe()
      demandEqual(held.filter((hash) => hash === version.hash).length, 1, 'how often Describe.held names it')
    },
  },
  {
    id: 'versions.update-at-once',
    promise: 'several Updates with one version at the same time all succeed',
    guide,
    run: async (bench) => {
      const version = bench.version('echo', 4)
      await bench.connection.unary('delete', { hash: version.hash })
      const answers = await Promise.all(Array.from({ length: 8 }, () => bench.connection.unary('update', { version })))
      for (const answer of answers) demand(answer.ok, 'Update succeeds', tell(answer))
      await bench.found('echo', { variant: 4 })
    },
  },
  {
    id: 'versions.update-diagnostics',
    promise: 'Update answers what is wrong with the code, with the line of the author, and does not hold it',
    guide,
    run: async (bench) => {
      const version = bench.version('syntax')
      const answer = await bench.connection.unary('update', { version })
      demand(answer.ok, 'Update of code that does not compile succeeds, with diagnostics', tell(answer))
      demandDiagnostic(bench, answer.value.diagnostics)
      const { held } = await bench.describe()
      demand(!held.includes(version.hash), 'a version with an error is not held', held)
    },
  },
  {
    id: 'versions.no-hook',
    promise: 'code without any hook answers an empty list of hooks',
    guide,
    run: async (bench) => {
      const answer = await bench.connection.unary('update', { version: bench.version('no-hook') })
      demand(answer.ok, 'Update succeeds', tell(answer))
      demandEqual(answer.value.hooks, [], 'hooks')
    },
  },
  {
    id: 'versions.hash-checked',
    promise: "a hash that is not the code's is refused, and neither hash is held",
    guide,
    run: async (bench) => {
      const version = { ...bench.version('echo', 7), hash: 'f'.repeat(64) }
      const answer = await bench.connection.unary('update', { version })
      demandFailure(answer, 'BAD_REQUEST', status.INVALID_ARGUMENT)
      const { held } = await bench.describe()
      demand(!held.includes(version.hash), 'it is not held', held)
    },
  },
  {
    id: 'versions.hash-lower-case',
    promise: 'the hash in capital letters is another one and is refused',
    guide,
    run: async (bench) => {
      const version = bench.version('echo', 7)
      const answer = await bench.connection.unary('update', {
        version: { ...version, hash: version.hash.toUpperCase() },
      })
      demandFailure(answer, 'BAD_REQUEST', status.INVALID_ARGUMENT)
    },
  },
  {
    id: 'versions.language-checked',
    promise: 'a version in another language is refused',
    guide,
    run: async (bench) => {
      const version = { ...bench.version('echo'), language: 'a-language-of-nobody' }
      demandFailure(await bench.connection.unary('update', { version }), 'BAD_REQUEST', status.INVALID_ARGUMENT)
    },
  },
  {
    id: 'versions.delete',
    promise: 'Delete forgets a version; of an unknown one it succeeds too',
    guide,
    run: async (bench) => {
      const hash = await bench.push('echo')
      for (const turn of ['first', 'second']) {
        const answer = await bench.connection.unary('delete', { hash })
        demand(answer.ok, `the ${turn} Delete succeeds`, tell(answer))
      }
      const { held } = await bench.describe()
      demand(!held.includes(hash), 'it is no longer held', held)
      demandFailure(await asked(bench, hash), 'UNKNOWN_VERSION', status.FAILED_PRECONDITION)
    },
  },
  {
    id: 'versions.unknown',
    promise: 'a call for a hash that is not held answers FAILED_PRECONDITION, UNKNOWN_VERSION and the hash',
    guide,
    run: async (bench) => {
      const { hash } = bench.version('echo', 9)
      const refusal = demandFailure(await asked(bench, hash), 'UNKNOWN_VERSION', status.FAILED_PRECONDITION)
      demand(refusal.failure?.message.includes(hash) === true, `the message names ${hash}`, refusal.failure?.message)
      await bench.found('echo', { variant: 9 })
    },
  },
  {
    id: 'versions.init-replaces',
    promise: 'Init replaces all that is held',
    guide,
    run: async (bench) => {
      const old = await bench.push('echo')
      const fresh = bench.version('results')
      const answer = await bench.connection.unary('init', { versions: [fresh] })
      demand(answer.ok, 'Init succeeds', tell(answer))
      demandEqual(answer.value.rejected, [], 'rejected')
      demandEqual((await bench.describe()).held, [fresh.hash], 'held')
      demandFailure(await asked(bench, old), 'UNKNOWN_VERSION', status.FAILED_PRECONDITION)
    },
  },
  {
    id: 'versions.init-rejected',
    promise: 'Init names versions that do not compile, with diagnostics, and holds the others',
    guide,
    run: async (bench) => {
      await bench.push('results')
      const [good, bad] = [bench.version('echo'), bench.version('syntax')]
      const answer = await bench.connection.unary('init', { versions: [bad, good] })
      demand(answer.ok, 'Init succeeds', tell(answer))
      demandEqual(
        answer.value.rejected.map(({ hash }) => hash),
        [bad.hash],
        'hashes of rejected',
      )
      demandDiagnostic(bench, answer.value.rejected[0]?.diagnostics ?? [])
      demandEqual((await bench.describe()).held, [good.hash], 'held')
    },
  },
  {
    id: 'versions.init-empty',
    promise: 'Init with no version empties the runner',
    guide,
    run: async (bench) => {
      await bench.push('echo')
      const answer = await bench.connection.unary('init', { versions: [] })
      demand(answer.ok, 'Init succeeds', tell(answer))
      demandEqual((await bench.describe()).held, [], 'held')
    },
  },
]

/** The line, counted from 1, that the program marks. */
export function markedLine(bench: Bench, name: 'throws' | 'syntax'): number {
  const lines = bench.version(name).code.split('\n')
  return lines.findIndex((line) => line.includes(MARKED_LINE)) + 1
}

function demandDiagnostic(bench: Bench, diagnostics: Diagnostic[]): void {
  const line = markedLine(bench, 'syntax')
  const error = diagnostics.find(({ severity }) => severity === Diagnostic_Severity.SEVERITY_ERROR)
  const isGood = error !== undefined && error.line === line && error.message !== ''
  demand(isGood, `a diagnostic of severity ERROR with a message and line ${line}`, diagnostics)
}

function asked(bench: Bench, hash: string) {
  const indicator = { kind: 'ipv4', value: '192.0.2.1' }
  return bench.connection.unary('fetchData', { hash, indicator, context: bench.context('echo', {}) })
}
