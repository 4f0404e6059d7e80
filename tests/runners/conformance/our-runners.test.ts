import { afterAll, describe } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { holdToContract, siteAddress, siteAllowed } from './hold-to-contract.ts'

describe.each(['javascript', 'python'] as const)('the %s runner keeps the contract', (language) => {
  let runner: StartedRunner | undefined
  holdToContract(async () => {
    runner = await startRunner(language, { INDAG_RUNNER_PRIVATE_HOSTS: siteAllowed })
    return { address: runner.address, token: runner.token, site: siteAddress }
  })
  afterAll(() => runner?.stop())
})
