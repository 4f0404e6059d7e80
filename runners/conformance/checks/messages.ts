import { status } from '@grpc/grpc-js'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { reasonOf, tell } from '../probe/answers.ts'
import type { Answer } from '../probe/answers.ts'
import { demandFailure } from '../probe/bench.ts'
import type { Bench } from '../probe/bench.ts'
import { collect } from '../probe/connection.ts'

const guide = 'Messages'
/** Field 999 as a number and field 1000 as bytes: what a newer backend may send. */
const NEWER = Buffer.from([0xb8, 0x3e, 0x2a, 0xc2, 0x3e, 0x03, 0x6e, 0x65, 0x77])

/** Messages that are newer, empty or large. */
export const messages: Check[] = [
  {
    id: 'messages.unknown-fields',
    promise: 'fields that the runner does not know are ignored',
    guide,
    run: async (bench) => {
      const version = bench.version('echo')
      const indicator = { kind: 'ipv4', value: '192.0.2.1' }
      const request = { hash: version.hash, indicator, context: bench.context('echo', {}) }
      const answers = [
        await bench.connection.unary('update', { version }, {}, NEWER),
        await bench.connection.unary('fetchData', request, {}, NEWER),
        await bench.connection.unary('describe', {}, {}, NEWER),
      ]
      for (const answer of answers) demand(answer.ok, 'OK', tell(answer))
    },
  },
  {
    id: 'messages.empty-update',
    promise: 'Update without a version is INVALID_ARGUMENT, BAD_REQUEST',
    guide,
    run: async (bench) => {
      const answer = await bench.connection.unary('update', { version: undefined })
      demandFailure(answer, 'BAD_REQUEST', status.INVALID_ARGUMENT)
    },
  },
  {
    id: 'messages.empty-test',
    promise: 'Test without a version is INVALID_ARGUMENT, BAD_REQUEST',
    guide,
    needs: ['test'],
    run: async (bench) => {
      const request = { version: undefined, indicator: undefined, context: undefined }
      demandFailure(
        (await collect(bench.connection.stream('test', request))).end,
        'BAD_REQUEST',
        status.INVALID_ARGUMENT,
      )
    },
  },
  {
    id: 'messages.empty-calls',
    promise: 'empty requests to call something are BAD_REQUEST or UNKNOWN_VERSION, in their statuses',
    guide,
    run: async (bench) => {
      const empty = { hash: '', context: undefined }
      demandTyped(await bench.connection.unary('fetchData', { ...empty, indicator: undefined }))
      if (claims(bench, 'receive')) demandTyped(await bench.connection.unary('receive', { ...empty, messagesJson: [] }))
      if (claims(bench, 'backgroundTask'))
        demandTyped((await collect(bench.connection.stream('backgroundTask', empty))).end)
    },
  },
  {
    id: 'messages.empty-delete',
    promise: 'Delete without a hash succeeds and forgets nothing',
    guide,
    run: async (bench) => {
      const hash = await bench.push('echo')
      const answer = await bench.connection.unary('delete', { hash: '' })
      demand(answer.ok, 'Delete succeeds', tell(answer))
      demand((await bench.describe()).held.includes(hash), 'what was held is held', 'it is gone')
    },
  },
  {
    id: 'messages.trace',
    promise: 'a traceparent, good or not, does not disturb the call',
    guide,
    run: async (bench) => {
      for (const traceparent of ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'nonsense'])
        demandEqual((await bench.found('echo', { metadata: { traceparent } })).result['summary'], 'echo', 'summary')
    },
  },
  {
    id: 'messages.code-large',
    promise: 'a version of 900 kB of code is taken',
    guide,
    run: async (bench) => {
      await bench.push('echo', 900_000)
      await bench.connection.unary('delete', { hash: bench.version('echo', 900_000).hash })
    },
  },
]

function claims(bench: Bench, capability: string): boolean {
  return bench.described.capabilities.includes(capability)
}

function demandTyped(answer: Answer<unknown>): void {
  const isGood =
    !answer.ok &&
    ((answer.code === status.INVALID_ARGUMENT && reasonOf(answer) === 'BAD_REQUEST') ||
      (answer.code === status.FAILED_PRECONDITION && reasonOf(answer) === 'UNKNOWN_VERSION'))
  demand(isGood, 'INVALID_ARGUMENT / BAD_REQUEST or FAILED_PRECONDITION / UNKNOWN_VERSION', tell(answer))
}
