import { execFileSync } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import { holdToContract, siteAddress, siteAllowed } from '../conformance/hold-to-contract.ts'
import { buildThird, go, skipThird, startThird, thirdFolder, thirdPrograms, whySkipped } from './third-runner.ts'
import type { ThirdRunner } from './third-runner.ts'

describe.skipIf(skipThird)(
  `a runner in Go for Starlark, written from the guide, keeps the contract${whySkipped}`,
  () => {
    let runner: ThirdRunner | undefined
    let remove: (() => void) | undefined
    holdToContract(async () => {
      const built = buildThird()
      remove = built.remove
      runner = await startThird(built.program, { INDAG_RUNNER_PRIVATE_HOSTS: siteAllowed })
      return { address: runner.address, token: runner.token, site: siteAddress, fixtures: thirdPrograms }
    })
    afterAll(async () => {
      await runner?.stop()
      remove?.()
    })
  },
)

describe.skipIf(skipThird)(`its code${whySkipped}`, () => {
  it('is formatted by gofmt', () => {
    expect(execFileSync('gofmt', ['-l', '.'], { cwd: thirdFolder, encoding: 'utf8' })).toBe('')
  })

  it('passes go vet', { timeout: 120_000 }, () => {
    expect(go('vet', './...')).toBe('')
  })
})
