import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOutcome, RunnerPool } from '../../../backend/runner-pool/index.ts'
import { ask, poolOn, version } from '../../backend/runner-pool/pool.ts'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { holdToContract, siteAddress, siteAllowed } from '../conformance/hold-to-contract.ts'
import { buildThird, go, skipThird, startThird, thirdFolder, thirdPrograms, whySkipped } from './third-runner.ts'
import type { ThirdRunner } from './third-runner.ts'

let built: ReturnType<typeof buildThird> | undefined
beforeAll(() => {
  if (!skipThird) built = buildThird()
}, 600_000)
afterAll(() => built?.remove())
const start = (env: Record<string, string>) => startThird(built?.program ?? '', env)

describe.skipIf(skipThird)(
  `a runner in Go for Starlark, written from the guide, keeps the contract${whySkipped}`,
  () => {
    let runner: ThirdRunner | undefined
    holdToContract(async () => {
      runner = await start({ INDAG_RUNNER_PRIVATE_HOSTS: siteAllowed })
      return { address: runner.address, token: runner.token, site: siteAddress, fixtures: thirdPrograms }
    })
    afterAll(() => runner?.stop())
  },
)

describe.skipIf(skipThird)(`its code${whySkipped}`, () => {
  it('is formatted by gofmt', () => {
    expect(execFileSync('gofmt', ['-l', '.'], { cwd: thirdFolder, encoding: 'utf8' })).toBe('')
  })

  it('passes go vet', { timeout: 300_000 }, () => {
    expect(go('vet', './...')).toBe('')
  })
})

const good = version('def fetch_data(indicator, ctx):\n    return {"summary": indicator.value}\n', 'starlark')
const bad = version('def fetch_data(indicator, ctx):\n    fail("no")\n', 'starlark')
const ours = version('export function fetchData(indicator) { return { summary: indicator.value } }')
const patient = () => Date.now() + 25_000
const summary = (outcome: CallOutcome) =>
  outcome.ok && outcome.resultJson ? (JSON.parse(String(outcome.resultJson)) as { summary: string }).summary : outcome

describe.skipIf(skipThird)(`a backend with a runner of a third language${whySkipped}`, () => {
  let third: ThirdRunner
  let javascript: StartedRunner
  let pool: RunnerPool
  beforeAll(async () => {
    javascript = await startRunner('javascript')
    third = await start({ INDAG_RUNNER_TOKEN: javascript.token })
    const codes = new Map([good, bad, ours].map((one) => [one.hash, one]))
    pool = await poolOn([], {
      token: javascript.token,
      probeTimeoutMs: 10_000,
      codeOf: (hash) => Promise.resolve(codes.get(hash)),
      endpoints: [
        { language: 'javascript', address: javascript.address },
        { language: 'starlark', address: third.address },
      ],
    })
  }, 120_000)
  afterAll(async () => {
    await pool?.close()
    await Promise.all([third?.stop(), javascript?.stop()])
  })

  it('brings it code, and gets answers, beside our own', async () => {
    expect(summary(await pool.call(ask({ hash: good.hash, language: 'starlark', deadlineMs: patient() })))).toBe(
      '192.0.2.1',
    )
    expect(summary(await pool.call(ask({ hash: ours.hash, deadlineMs: patient() })))).toBe('192.0.2.1')
  })

  it("reads its failures, with the author's line", async () => {
    const outcome = await pool.call(ask({ hash: bad.hash, language: 'starlark', deadlineMs: patient() }))
    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'exception', line: 2 } })
  })

  it('shows it like any other', () => {
    expect(pool.list()).toContainEqual(
      expect.objectContaining({ language: 'starlark', state: 'serving', sandboxLevel: 'process' }),
    )
  })
})
