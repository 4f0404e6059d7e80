import { beforeAll, expect, it } from 'vitest'
import { allChecks, verifyRunner } from '../../../runners/conformance/index.ts'
import type { CheckResult, VerifyOptions } from '../../../runners/conformance/index.ts'

/** Where the suite's site listens in tests. Nothing else does there, so that a whole address can be allowed and no port need be known before. */
export const siteAddress = '127.0.0.2:0'
export const siteAllowed = '127.0.0.2/32'

/** One test for each promise of the contract. Each must be kept: of our own runners nothing is skipped and nothing not claimed. */
export function holdToContract(start: () => Promise<VerifyOptions>): void {
  const results = new Map<string, CheckResult>()
  beforeAll(async () => {
    const options = await start()
    await verifyRunner({ ...options, onResult: (result) => void results.set(result.id, result) })
  }, 600_000)
  it.each(allChecks.map(({ id, promise }) => [id, promise]))('%s: %s', (id) => {
    expect(results.get(id)).toMatchObject({ outcome: 'passed' })
  })
}
