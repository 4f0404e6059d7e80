import { openMetrics } from '../../../../backend/observability/index.ts'
import { openRunnerPool, type RunnerPool } from '../../../../backend/runner-pool/index.ts'
import { systemClock } from '../../../../backend/foundation/index.ts'
import { hashOf } from '../../../../runners/contract/server/versions.ts'
import { startRunner, type StartedRunner } from '../../../support/runner.ts'

const CONCURRENCY = 32
const MEASURE_MS = 2_000
const RECOVERY_MS = 3_000

export type PoolMeasured = {
  language: 'javascript' | 'python'
  /** Calls a second through the pool, 32 at once. */
  oneRunner: number
  twoRunners: number
  ratio: number
  /** The longest time without any answer, in milliseconds: before, and around the kill of one of two. */
  usualGapMs: number
  killGapMs: number
  /** Calls that failed around the kill; 0 is what is promised. */
  failed: number
}

const CODE = {
  javascript: 'export function fetchData(indicator) { return { summary: indicator.value } }',
  python: 'def fetch_data(indicator, ctx):\n    return {"summary": indicator.value}\n',
}

/** One runner of a language against two, and what callers notice when one of the two is killed. About 10 s a language. */
export async function measurePool(): Promise<PoolMeasured[]> {
  return [await measureLanguage('javascript'), await measureLanguage('python')]
}

async function measureLanguage(language: 'javascript' | 'python'): Promise<PoolMeasured> {
  const env = { INDAG_LOG_LEVEL: 'error', INDAG_RUNNER_UNSAFE: '1' }
  const runners = await Promise.all([startRunner(language, env), startRunner(language, env)])
  try {
    const one = await withPool(language, runners.slice(0, 1), async (call) => drive(call, MEASURE_MS))
    return await withPool(language, runners, async (call) => {
      const two = await drive(call, MEASURE_MS)
      const kill = setTimeout(() => void runners[0]!.kill(), RECOVERY_MS / 3)
      const around = await drive(call, RECOVERY_MS)
      clearTimeout(kill)
      return {
        language,
        oneRunner: one.callsPerSecond,
        twoRunners: two.callsPerSecond,
        ratio: two.callsPerSecond / one.callsPerSecond,
        usualGapMs: two.longestGapMs,
        killGapMs: around.longestGapMs,
        failed: around.failed,
      }
    })
  } finally {
    for (const runner of runners) await runner.kill()
  }
}

type Call = () => ReturnType<RunnerPool['call']>

async function withPool<T>(
  language: 'javascript' | 'python',
  runners: StartedRunner[],
  measure: (call: Call) => Promise<T>,
): Promise<T> {
  const version = { language, code: CODE[language], requirements: [], hash: '', sourceId: 'bench' }
  version.hash = hashOf(version)
  const pool = openRunnerPool({
    endpoints: runners.map(({ address }) => ({ language, address })),
    token: runners[0]!.token,
    codeOf: () => Promise.resolve(version),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    metrics: openMetrics(),
    clock: systemClock,
  })
  const empty = Buffer.from('{}')
  const call: Call = () =>
    pool.call({
      language,
      hash: version.hash,
      indicator: { kind: 'ipv4', value: '192.0.2.1' },
      context: {
        sourceId: 'bench',
        configJson: empty,
        secrets: {},
        credentials: [],
        matchesJson: Buffer.from('[]'),
        hosts: [],
        trustDomain: 'bench',
      },
      deadlineMs: Date.now() + 30_000,
      retrySafe: true,
    })
  try {
    await pool.ready(10_000)
    await drive(call, 500)
    return await measure(call)
  } finally {
    await pool.close()
  }
}

async function drive(
  call: Call,
  forMs: number,
): Promise<{ callsPerSecond: number; longestGapMs: number; failed: number }> {
  const startedAt = performance.now()
  let [answers, failed, lastAt, longestGapMs] = [0, 0, startedAt, 0]
  const lane = async () => {
    while (performance.now() - startedAt < forMs) {
      const { ok } = await call()
      const now = performance.now()
      longestGapMs = Math.max(longestGapMs, now - lastAt)
      lastAt = now
      if (ok) answers += 1
      else failed += 1
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
  return { callsPerSecond: answers / ((performance.now() - startedAt) / 1_000), longestGapMs, failed }
}

if (import.meta.main) {
  for (const row of await measurePool()) {
    const { language, oneRunner, twoRunners, ratio, usualGapMs, killGapMs, failed } = row
    console.log(
      `${language.padEnd(12)} one runner ${Math.round(oneRunner)} calls/s, two ${Math.round(twoRunners)} (${ratio.toFixed(2)}); ` +
        `longest gap ${usualGapMs.toFixed(0)} ms, ${killGapMs.toFixed(0)} ms around a kill, ${failed} failed`,
    )
  }
}
