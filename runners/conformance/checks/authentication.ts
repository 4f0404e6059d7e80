import { status } from '@grpc/grpc-js'
import { demand } from '../demand.ts'
import type { Check } from '../check.ts'
import { tell } from '../probe/answers.ts'
import type { Answer } from '../probe/answers.ts'
import type { Bench } from '../probe/bench.ts'
import { collect } from '../probe/connection.ts'
import type { CallSettings } from '../probe/connection.ts'

const guide = 'Authentication'
const needs: Check['needs'] = ['token']

/** Who may call. */
export const authentication: Check[] = [
  {
    id: 'authentication.none',
    promise: 'without a token every RPC is UNAUTHENTICATED',
    guide,
    needs,
    run: (bench) => refusedAll(bench, { token: null }),
  },
  {
    id: 'authentication.wrong',
    promise: 'with another token every RPC is UNAUTHENTICATED',
    guide,
    needs,
    run: async (bench) => {
      const token = bench.connection.endpoint.token ?? ''
      for (const wrong of [`${token}x`, token.slice(1), 'wrong']) await refusedAll(bench, { token: wrong })
    },
  },
  {
    id: 'authentication.scheme',
    promise: 'the right token in another scheme than Bearer is UNAUTHENTICATED',
    guide,
    needs,
    run: (bench) => {
      const metadata = { authorization: `Basic ${bench.connection.endpoint.token}` }
      return refusedAll(bench, { token: null, metadata })
    },
  },
]

async function refusedAll(bench: Bench, settings: CallSettings): Promise<void> {
  const { connection } = bench
  const hash = bench.version('echo').hash
  const context = bench.context('echo', {})
  const indicator = { kind: 'ipv4', value: '192.0.2.1' }
  const version = bench.version('echo')
  const ends: [string, Answer<unknown>][] = [
    ['Init', await connection.unary('init', { versions: [version] }, settings)],
    ['Update', await connection.unary('update', { version }, settings)],
    ['Delete', await connection.unary('delete', { hash }, settings)],
    ['FetchData', await connection.unary('fetchData', { hash, context, indicator }, settings)],
    ['Receive', await connection.unary('receive', { hash, context, messagesJson: [] }, settings)],
    ['Describe', await connection.unary('describe', {}, settings)],
    ['BackgroundTask', (await collect(connection.stream('backgroundTask', { hash, context }, settings))).end],
    ['Test', (await collect(connection.stream('test', { version, indicator, context }, settings))).end],
  ]
  for (const [name, end] of ends)
    demand(!end.ok && end.code === status.UNAUTHENTICATED, `${name} is UNAUTHENTICATED`, tell(end))
}
