import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyRunner } from '../../../runners/conformance/index.ts'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { misbehaviours } from './bends.ts'
import { bentRunner } from './bent-runner.ts'
import { siteAddress, siteAllowed } from './hold-to-contract.ts'

let good: StartedRunner
beforeAll(async () => {
  good = await startRunner('javascript', { INDAG_RUNNER_PRIVATE_HOSTS: siteAllowed })
})
afterAll(() => good.stop())

const names = misbehaviours('').map(({ it: name }) => name)

describe('a runner that', () => {
  it.each(names)('%s is caught by the right checks and by no other', { timeout: 120_000 }, async (name) => {
    const { among, caughtBy, bend, patienceMs } = misbehaviours(good.token).find(
      (each) => each.it === name,
    ) as ReturnType<typeof misbehaviours>[number]
    const bent = await bentRunner(good.address, bend)
    const { address } = bent
    const options = {
      address,
      token: good.token,
      site: siteAddress,
      only: among,
      ...(patienceMs ? { patienceMs } : {}),
    }
    const { results } = await verifyRunner(options).finally(() => bent.stop())
    const failed = results.filter((result) => result.outcome === 'failed')
    expect(failed.map(({ id }) => id)).toEqual(caughtBy)
    for (const { expected, came } of failed) expect([expected, came]).not.toContain('')
  })

  it('lets code reach loopback is caught, and told from what arrived', async () => {
    const lax = await startRunner('javascript', { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.0/8,::1/128' })
    const only = ['egress.loopback', 'egress.private']
    const { results } = await verifyRunner({ address: lax.address, token: lax.token, only }).finally(() => lax.stop())
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'passed'])
  })
})

describe('the suite', () => {
  it('passes the runner behind when nothing is bent', { timeout: 120_000 }, async () => {
    const bent = await bentRunner(good.address, {})
    const only = [...new Set(misbehaviours('').flatMap(({ among }) => among))].filter(
      (id) => !id.startsWith('reflection'),
    )
    const options = { address: bent.address, token: good.token, site: siteAddress, only }
    const { results } = await verifyRunner(options).finally(() => bent.stop())
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  })

  it('never counts as kept what it could not look at', async () => {
    const { results } = await verifyRunner({ address: good.address, token: good.token, only: ['egress.request'] })
    expect(results).toMatchObject([{ outcome: 'skipped', why: expect.stringContaining('--site') }])
  })

  it('tells what a runner does not claim from what it breaks', async () => {
    const bent = await bentRunner(good.address, {
      describe: { answer: (answer) => ({ ...answer, capabilities: ['fetchData'] }) },
    })
    const options = { address: bent.address, token: good.token, only: ['receive', 'streams', 'results.found'] }
    const { results } = await verifyRunner(options).finally(() => bent.stop())
    const outcomes = new Set(results.map(({ outcome }) => outcome))
    expect([...outcomes]).toEqual(['passed', 'not-claimed'])
  })

  it.each([
    [{ address: '127.0.0.1:9' }, 'does not answer Describe'],
    [{ only: ['nonsense'] }, 'there is no check "nonsense"'],
    [{ site: '192.0.2.1:1' }, 'cannot listen on 192.0.2.1:1'],
    [{ fixtures: import.meta.dirname }, 'lacks echo'],
    [{ token: 'wrong' }, 'wants its token'],
  ])('says why it cannot begin: %j', async (wrong, why) => {
    await expect(
      verifyRunner({ address: good.address, token: good.token, patienceMs: 4_000, ...wrong }),
    ).rejects.toThrow(why)
  })
})
