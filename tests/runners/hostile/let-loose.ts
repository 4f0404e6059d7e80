import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Arena } from './arena.ts'
import type { ArenaOptions } from './arena.ts'
import type { Attack } from './attack.ts'

/** What a runner's processes may take once all attacks are over. */
export type Rest = { processes: number; threads: number; runnerBytes: number; childBytes: number }

/**
 * Tests that let all attacks of a language loose in one runner, family by family, and look at what is left of it. Each attack must come to an
 * end that it names, and nobody may have seen anything of it.
 */
export function letLoose(options: ArenaOptions, families: Record<string, Attack[]>, rest: Rest): void {
  let arena: Arena
  beforeAll(async () => {
    arena = await Arena.open(options)
  })
  afterAll(() => arena.close())

  describe.each(Object.entries(families))('%s', (_, attacks) => {
    it.concurrent.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
      const { ending, message, breaches } = await arena.suffer(attack)
      expect(breaches).toEqual([])
      expect(attack.ends, message).toContain(ending)
    })
  })

  describe('after all of it', () => {
    it('there were at least eighty attacks, each under a name of its own', () => {
      const names = Object.values(families).flatMap((attacks) => attacks.map(({ name }) => name))
      expect(new Set(names).size).toBe(names.length)
      expect(names.length).toBeGreaterThanOrEqual(80)
    })

    it('nothing was heard, written or shown, and the runner and the neighbour never failed', async () => {
      await arena.neighbour.stop()
      expect(await arena.breaches()).toEqual([])
    })

    it('nothing computes any longer, and memory, threads and processes are back', async () => {
      const isBack = async () => {
        const use = await arena.idleUse()
        if (!use) return 'something still computes'
        const over = Object.entries({
          processes: use.processes - rest.processes,
          threads: use.mostThreads - rest.threads,
          "the runner's bytes": use.runnerBytes - rest.runnerBytes,
          "a child's bytes": use.mostBytes - rest.childBytes,
        }).filter(([, more]) => more > 0)
        return over.map(([what, more]) => `${more} too many: ${what}`).join(', ')
      }
      // A child that keeps too much is replaced when it has had nothing to do for 25 s.
      await expect.poll(isBack, { timeout: 45_000, interval: 100 }).toBe('')
      expect((await arena.load()).runningCalls).toBe(0)
    }, 60_000)
  })
}
