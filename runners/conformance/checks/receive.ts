import { status } from '@grpc/grpc-js'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { tell } from '../probe/answers.ts'
import { demandFailure } from '../probe/bench.ts'
import type { Bench } from '../probe/bench.ts'

const guide = 'Results'
const needs: Check['needs'] = ['receive']

/** Receive. */
export const receive: Check[] = [
  {
    id: 'receive.outcomes',
    promise: 'Receive answers one outcome for each message, in order, with its reason, and a report',
    guide,
    needs,
    run: async (bench) => {
      const answer = await hand(bench, ['{"n":1}', '{"n":2}', '{"n":0}'])
      demand(answer.ok, 'Receive succeeds', tell(answer))
      const came = answer.value.outcomes.map(({ accepted, reason }) => [accepted, reason])
      demandEqual(
        came,
        [
          [false, 'n is 1'],
          [true, 'n is 2'],
          [false, 'n is 0'],
        ],
        'outcomes',
      )
      demand(answer.value.report !== undefined, 'a report', answer.value)
    },
  },
  {
    id: 'receive.empty',
    promise: 'Receive of no message answers no outcome',
    guide,
    needs,
    run: async (bench) => {
      const answer = await hand(bench, [])
      demand(answer.ok, 'Receive succeeds', tell(answer))
      demandEqual(answer.value.outcomes, [], 'outcomes')
    },
  },
  {
    id: 'receive.bad-result',
    promise: 'a hook that does not answer for each message is INVALID_ARGUMENT, BAD_RESULT',
    guide,
    needs,
    run: async (bench) => {
      demandFailure(await hand(bench, ['{"n":1}'], { none: true }), 'BAD_RESULT', status.INVALID_ARGUMENT)
    },
  },
  {
    id: 'receive.bad-message',
    promise: 'a message that is no JSON object is INVALID_ARGUMENT, BAD_REQUEST',
    guide,
    needs,
    run: async (bench) => {
      for (const message of ['{', '[]', '1', ''])
        demandFailure(await hand(bench, ['{"n":1}', message]), 'BAD_REQUEST', status.INVALID_ARGUMENT)
    },
  },
  {
    id: 'receive.missing-hook',
    promise: 'Receive of code without that hook is UNIMPLEMENTED, MISSING_HOOK',
    guide,
    needs,
    run: async (bench) => {
      const hash = await bench.push('echo')
      const request = { hash, context: bench.context('echo', {}), messagesJson: [] }
      demandFailure(await bench.connection.unary('receive', request), 'MISSING_HOOK', status.UNIMPLEMENTED)
    },
  },
]

async function hand(bench: Bench, messages: string[], config: Record<string, unknown> = {}) {
  const hash = await bench.push('receive')
  const messagesJson = messages.map((message) => Buffer.from(message))
  return bench.connection.unary('receive', { hash, context: bench.context('receive', { config }), messagesJson })
}
