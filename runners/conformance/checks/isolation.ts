import { demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import type { Bench } from '../probe/bench.ts'

const guide = 'Isolation'

/** What one call leaves behind must not be seen by those who are strangers to it. */
export const isolation: Check[] = [
  {
    id: 'isolation.trust-domains',
    promise: 'calls of two trust domains do not see what the other left in variables',
    guide,
    run: async (bench) => {
      await left(bench, 'of-one', { context: { trustDomain: 'one' } })
      demandEqual(await left(bench, 'of-two', { context: { trustDomain: 'two' } }), '', 'what the second domain sees')
    },
  },
  {
    id: 'isolation.versions',
    promise: 'two versions of one source do not see what the other left in variables',
    guide,
    run: async (bench) => {
      await left(bench, 'of-the-old', { variant: 0 })
      demandEqual(await left(bench, 'of-the-new', { variant: 1 }), '', 'what the second version sees')
    },
  },
  {
    id: 'isolation.after-delete',
    promise: 'a version that was deleted and pushed again begins anew',
    guide,
    run: async (bench) => {
      await left(bench, 'before')
      await bench.connection.unary('delete', { hash: bench.version('remembers').hash })
      demandEqual(await left(bench, 'after'), '', 'what the version sees')
    },
  },
  {
    id: 'isolation.secrets',
    promise: 'configuration and secrets of one call are not there in the next',
    guide,
    run: async (bench) => {
      await bench.found('echo', { config: { only: 'once' }, context: { secrets: { apiKey: 'only-once' } } })
      const { result } = await bench.found('echo')
      const { config, secrets } = result['raw'] as { config: unknown; secrets: unknown }
      demandEqual([config, secrets], [{}, {}], 'config and secrets of the second call')
    },
  },
]

/** What the program found in its variable; it leaves `value` there. */
async function left(bench: Bench, value: string, asked: object = {}): Promise<unknown> {
  const { result } = await bench.found('remembers', { ...asked, value })
  return (result['raw'] as { before: unknown }).before
}
