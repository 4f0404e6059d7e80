import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openMetrics, type Metrics } from '../../../backend/observability/index.ts'
import type { RunnerPool } from '../../../backend/runner-pool/index.ts'
import { startProvider } from '../../support/provider.ts'
import { startRunner, type StartedRunner } from '../../support/runner.ts'
import { ask, context, poolOn, until, version } from './pool.ts'
import { steadyLoad, type Load } from './steady-load.ts'
import { openWire, type Wire } from './wire.ts'

type Language = 'javascript' | 'python'
/** One real runner, reached over a wire that can be made bad, and started again at its port. */
type Place = { language: Language; wire: Wire; runner: StartedRunner; restart(): Promise<void> }

const env = { INDAG_LOG_LEVEL: 'error', INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' }
const echoes = [1, 2, 3].flatMap((n) => [
  version(`export function fetchData(indicator) { return { summary: indicator.value + ${n} } }`),
  version(`def fetch_data(indicator, ctx):\n    return {"summary": indicator.value + "${n}"}\n`, 'python'),
])
const submit = version(
  'export async function fetchData(indicator, ctx) {\n' +
    '  await ctx.fetch(ctx.config.baseUrl + "/" + indicator.value)\n  return { summary: "sent" }\n}',
)
const codes = new Map([...echoes, submit].map((one) => [one.hash, one]))

let places: Place[]
let pool: RunnerPool
let metrics: Metrics
let load: Load | undefined

async function openPlace(language: Language): Promise<Place> {
  const runner = await startRunner(language, env)
  const wire = await openWire(runner.address)
  const restart = async () => {
    place.runner = await startRunner(language, { ...env, INDAG_RUNNER_LISTEN: runner.address })
  }
  const place: Place = { language, wire, runner, restart }
  return place
}

beforeAll(async () => {
  places = await Promise.all((['javascript', 'javascript', 'python', 'python'] as const).map(openPlace))
}, 120_000)

afterAll(async () => {
  for (const { wire, runner } of places ?? []) {
    await runner.kill()
    await wire.close()
  }
}, 60_000)

afterEach(async () => {
  await load?.stop()
  load = undefined
  await pool?.close()
})

/** Opens a pool on all four and puts it under load, until each has answered. */
async function begin(): Promise<Load> {
  metrics = openMetrics()
  pool = await poolOn([], {
    endpoints: places.map(({ language, wire }) => ({ language, address: wire.address })),
    token: places[0]!.runner.token,
    codeOf: (hash) => Promise.resolve(codes.get(hash)),
    metrics,
    probeEveryMs: 1_000,
    probeTimeoutMs: 1_000,
    absentWaitMs: 30_000,
  })
  load = steadyLoad(pool, echoes)
  for (const { wire } of places) await load.more(20, wire.address)
  return load
}

const pairOf = (language: Language): [Place, Place] =>
  places.filter((place) => place.language === language) as [Place, Place]
const viewOf = ({ wire }: Place) => pool.list().find(({ endpoint }) => endpoint === wire.address)!
async function counted(name: string, ...labels: string[]): Promise<number> {
  const lines = (await metrics.registry.getSingleMetricAsString(`indag_runner_pool_${name}`)).split('\n')
  const wanted = lines.filter((line) => !line.startsWith('#') && labels.every((label) => line.includes(`"${label}"`)))
  return wanted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** It is used again without anybody's doing, and no call failed in all that time. */
async function expectRecovery(work: Load, { wire }: Place): Promise<void> {
  await work.more(40, wire.address)
  await work.stop()
  expect(work.failed).toEqual([])
}

describe('under steady load no call fails when one of two runners', () => {
  it.each(['javascript', 'python'] as const)(
    'for %s is killed and started again, which gets the code again',
    async (language) => {
      const work = await begin()
      const [one, two] = pairOf(language)
      const before = await counted('code_pushes_total', one.wire.address, 'held')
      const { instanceId } = viewOf(one)
      await one.runner.kill()
      await work.more(100, two.wire.address)
      expect(['unreachable', 'not-a-runner']).toContain(viewOf(one).state)
      await one.restart()
      await expectRecovery(work, one)
      expect(viewOf(one).instanceId).not.toBe(instanceId)
      expect(await counted('code_pushes_total', one.wire.address, 'held')).toBeGreaterThanOrEqual(before + 3)
    },
    120_000,
  )

  it.each(['javascript', 'python'] as const)(
    'for %s is told to stop',
    async (language) => {
      const work = await begin()
      const [one, two] = pairOf(language)
      await one.runner.stop()
      await work.more(100, two.wire.address)
      await one.restart()
      await expectRecovery(work, one)
    },
    120_000,
  )

  it.each(['javascript', 'python'] as const)(
    'for %s is frozen and wakes up',
    async (language) => {
      const work = await begin()
      const [one, two] = pairOf(language)
      process.kill(one.runner.pid, 'SIGSTOP')
      try {
        await until(() => viewOf(one).state === 'silent')
        await work.more(100, two.wire.address)
      } finally {
        process.kill(one.runner.pid, 'SIGCONT')
      }
      await expectRecovery(work, one)
    },
    120_000,
  )

  it('is behind a way that swallows everything from now on', async () => {
    const work = await begin()
    const [one, two] = pairOf('javascript')
    one.wire.become('hole')
    await until(() => viewOf(one).state === 'silent')
    await work.more(100, two.wire.address)
    one.wire.become('through')
    await expectRecovery(work, one)
    expect(await counted('ejections_total', one.wire.address, 'silent')).toBeGreaterThan(0)
  }, 120_000)

  it('is behind a way that half-closes', async () => {
    const work = await begin()
    const [one, two] = pairOf('python')
    one.wire.become('half-closed')
    await until(() => viewOf(one).state !== 'serving')
    await work.more(100, two.wire.address)
    one.wire.become('through')
    await expectRecovery(work, one)
  }, 120_000)

  it('is behind a way that breaks again and again', async () => {
    const work = await begin()
    const [one] = pairOf('javascript')
    for (let n = 0; n < 5; n += 1) {
      one.wire.cut()
      await work.more(50)
    }
    await expectRecovery(work, one)
  }, 120_000)
})

describe('a runner that is slow gets less, and its share again when it is quick:', () => {
  async function expectShare(work: Load, [one, two]: [Place, Place], makeSlow: () => () => void): Promise<void> {
    // Enough answers to know what is usual.
    await work.more(400)
    const makeQuick = makeSlow()
    try {
      // And some that show that it is slow now.
      await work.more(100)
      expect(await work.share(300, one.wire.address, two.wire.address)).toBeLessThan(0.25)
    } finally {
      makeQuick()
    }
    await until(() => work.failed.length > 0 || viewOf(one).state === 'serving')
    while ((await work.share(200, one.wire.address, two.wire.address)) < 0.3) expect(work.failed).toEqual([])
    await expectRecovery(work, one)
  }

  it('one behind a long way', async () => {
    const work = await begin()
    const pair = pairOf('javascript')
    await expectShare(work, pair, () => {
      pair[0].wire.delayMs = 100
      return () => (pair[0].wire.delayMs = 0)
    })
  }, 120_000)

  it('one that gets little of its processor', async () => {
    const work = await begin()
    const pair = pairOf('python')
    const { pid } = pair[0].runner
    await expectShare(work, pair, () => {
      let stopped = false
      const timer = setInterval(() => {
        stopped = !stopped
        process.kill(pid, stopped ? 'SIGSTOP' : 'SIGCONT')
      }, 50)
      return () => {
        clearInterval(timer)
        process.kill(pid, 'SIGCONT')
      }
    })
  }, 120_000)
})

describe('a call that submits', () => {
  it.each([
    ['killed', (place: Place) => place.runner.kill(), (place: Place) => place.restart()],
    [
      'cut off',
      async (place: Place) => place.wire.become('hole'),
      async (place: Place) => place.wire.become('through'),
    ],
  ])(
    'is told as interrupted when its runner is %s, and never made twice',
    async (_how, harm, mend) => {
      const work = await begin()
      await work.stop()
      const provider = await startProvider()
      const waiting: (() => void)[] = []
      provider.answer((_call, response) => void waiting.push(() => response.end('{}')))
      const [one] = pairOf('javascript')
      const made = Array.from({ length: 16 }, (_, n) =>
        pool.call(
          ask({
            hash: submit.hash,
            indicator: { kind: 'domain', value: `submitted-${n}` },
            context: {
              ...context,
              configJson: Buffer.from(JSON.stringify({ baseUrl: provider.url })),
              hosts: [new URL(provider.url).host],
            },
            retrySafe: false,
            deadlineMs: Date.now() + 60_000,
          }),
        ),
      )
      await until(() => waiting.length === 16)
      const lost = viewOf(one).load.inFlight
      expect(lost).toBeGreaterThan(0)
      await harm(one)
      await until(() => viewOf(one).load.inFlight === 0)
      for (const answer of waiting) answer()
      const outcomes = await Promise.all(made)
      await mend(one)
      const reasons = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure.reason]))
      expect(reasons).toEqual(Array(lost).fill('interrupted'))
      expect(new Set(provider.calls.map(({ path }) => path)).size).toBe(provider.calls.length)
      await provider.stop()
    },
    120_000,
  )
})
