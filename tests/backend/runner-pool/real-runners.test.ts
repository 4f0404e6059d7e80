import { afterEach, describe, expect, it } from 'vitest'
import type {
  CallOutcome,
  RunnerPool,
  RunnerPoolOptions,
  SourceVersion,
  TestEvent,
} from '../../../backend/runner-pool/index.ts'
import { startRunner, type StartedRunner } from '../../support/runner.ts'
import { ask, poolOn, until, version } from './pool.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function runner(
  language: 'javascript' | 'python' = 'javascript',
  env: Record<string, string> = {},
): Promise<StartedRunner> {
  const started = await startRunner(language, env)
  let ended = false
  const once = (end: () => Promise<void>) => async () => {
    if (!ended) await end()
    ended = true
  }
  open.push(once(started.kill))
  return { ...started, stop: once(started.stop), kill: once(started.kill) }
}

async function pool(
  runners: StartedRunner[],
  versions: SourceVersion[],
  more: Partial<RunnerPoolOptions> = {},
): Promise<RunnerPool> {
  const codes = new Map(versions.map((one) => [one.hash, one]))
  const made = await poolOn(
    runners.map(({ address }) => address),
    {
      token: runners[0]!.token,
      codeOf: (hash) => Promise.resolve(codes.get(hash)),
      probeTimeoutMs: 1_000,
      ...more,
    },
  )
  open.push(() => made.close())
  return made
}

const echo = version('export function fetchData(indicator) { return { summary: indicator.value } }')
const slow = version(
  'export async function fetchData(indicator, ctx) { await new Promise((done) => setTimeout(done, 600)); return { summary: "slow" } }',
)
const endless = version('export function fetchData() { for (;;) {} }')
const summary = (outcome: CallOutcome) =>
  outcome.ok && outcome.resultJson ? JSON.parse(String(outcome.resultJson)).summary : outcome

describe('a pool of real runners', () => {
  it('brings code that they do not hold, in both languages', async () => {
    const python = version('def fetch_data(indicator, ctx):\n    return {"summary": indicator.value}\n', 'python')
    const [one, two] = await Promise.all([runner(), runner('python')])
    const calls = await pool([one], [echo, python], {
      endpoints: [
        { language: 'javascript', address: one.address },
        { language: 'python', address: two.address },
      ],
    })
    expect(summary(await calls.call(ask({ hash: echo.hash })))).toBe('192.0.2.1')
    expect(summary(await calls.call(ask({ hash: python.hash, language: 'python' })))).toBe('192.0.2.1')
    expect(calls.list()).toMatchObject([
      { language: 'javascript', state: 'serving' },
      { language: 'python', state: 'serving' },
    ])
  })

  it('answers on when a runner is killed in the middle of its calls', async () => {
    const [one, two] = await Promise.all([runner(), runner()])
    const calls = await pool([one, two], [slow])
    // Both hold the code before the clock matters.
    await Promise.all([calls.call(ask({ hash: slow.hash })), calls.call(ask({ hash: slow.hash }))])
    const made = Array.from({ length: 8 }, () => calls.call(ask({ hash: slow.hash, deadlineMs: Date.now() + 20_000 })))
    await until(() => calls.list().every((view) => view.load.inFlight > 0))
    await one.kill()
    for (const outcome of await Promise.all(made)) expect(outcome).toMatchObject({ ok: true, runner: two.address })
  })

  it('never repeats what must not run twice', async () => {
    const one = await runner()
    const calls = await pool([one], [slow], { absentWaitMs: 100 })
    await calls.call(ask({ hash: slow.hash }))
    const call = calls.call(ask({ hash: slow.hash, retrySafe: false }))
    await until(() => calls.list()[0]!.load.inFlight > 0)
    await one.kill()
    expect(await call).toMatchObject({ ok: false, failure: { reason: 'interrupted' } })
  })

  it('goes on with a runner that was killed and started again, which knows nothing', async () => {
    const one = await runner()
    const calls = await pool([one], [echo], { absentWaitMs: 20_000 })
    await calls.call(ask({ hash: echo.hash }))
    const before = calls.list()[0]!.instanceId
    await one.kill()
    const call = calls.call(ask({ hash: echo.hash, deadlineMs: Date.now() + 25_000 }))
    await runner('javascript', { INDAG_RUNNER_LISTEN: one.address })
    expect(summary(await call)).toBe('192.0.2.1')
    await until(() => calls.list()[0]!.instanceId !== before)
  })

  it('loses nothing when a runner is stopped in order', async () => {
    const [one, two] = await Promise.all([runner(), runner()])
    const calls = await pool([one, two], [slow])
    await Promise.all([calls.call(ask({ hash: slow.hash })), calls.call(ask({ hash: slow.hash }))])
    const made = Array.from({ length: 6 }, () =>
      calls.call(ask({ hash: slow.hash, retrySafe: true, deadlineMs: Date.now() + 20_000 })),
    )
    await until(() => calls.list().every((view) => view.load.inFlight > 0))
    const stopped = one.stop()
    for (const outcome of await Promise.all(made)) expect(outcome.ok).toBe(true)
    await stopped
    expect(summary(await calls.call(ask({ hash: slow.hash })))).toBe('slow')
  })

  it("gets the runner's own word when code runs past the deadline", async () => {
    const calls = await pool([await runner()], [endless, echo])
    await calls.call(ask({ hash: echo.hash }))
    const outcome = await calls.call(ask({ hash: endless.hash, deadlineMs: Date.now() + 500 }))
    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'timeout' } })
    expect(!outcome.ok && outcome.failure.message).not.toContain('gave no answer')
    expect(summary(await calls.call(ask({ hash: echo.hash })))).toBe('192.0.2.1')
  })

  it('cancels on the runner', async () => {
    const calls = await pool([await runner()], [slow])
    await calls.call(ask({ hash: slow.hash }))
    const caller = new AbortController()
    const call = calls.call(ask({ hash: slow.hash, signal: caller.signal }))
    await until(() => calls.list()[0]!.load.inFlight > 0)
    caller.abort()
    expect(await call).toMatchObject({ ok: false, failure: { reason: 'cancelled' } })
  })

  it('tells where code does not compile and where it threw', async () => {
    const broken = version('export function fetchData() {\n  return {\n}')
    const throwing = version('export function fetchData() {\n  throw new Error("boom")\n}')
    const calls = await pool([await runner()], [broken, throwing])
    expect(await calls.call(ask({ hash: broken.hash }))).toMatchObject({
      ok: false,
      failure: { reason: 'syntax', line: 3 },
    })
    expect(await calls.call(ask({ hash: throwing.hash }))).toMatchObject({
      ok: false,
      failure: { reason: 'exception', line: 2, message: expect.stringContaining('boom') },
    })
    expect(await calls.compile(broken)).toMatchObject({
      ok: true,
      hooks: [],
      diagnostics: [{ severity: 'error', line: 3 }],
    })
    expect(await calls.compile(echo)).toMatchObject({ ok: true, hooks: ['fetchData'], diagnostics: [] })
  })

  it('runs unsaved code once and tells what happens', async () => {
    const calls = await pool([await runner()], [])
    const unsaved = version(
      'export function fetchData(indicator, ctx) { ctx.log.info("looking"); return { summary: "unsaved" } }',
    )
    const { indicator, context, deadlineMs } = ask()
    const events: TestEvent[] = []
    for await (const event of calls.test({ version: unsaved, indicator, context, deadlineMs })) events.push(event)
    expect(events).toContainEqual({ type: 'log', log: expect.objectContaining({ message: 'looking', level: 'info' }) })
    expect(events.at(-1)).toMatchObject({ type: 'outcome', outcome: { ok: true } })
    const left: TestEvent[] = []
    const aborted = AbortSignal.abort()
    for await (const event of calls.test({ version: unsaved, indicator, context, deadlineMs, signal: aborted }))
      left.push(event)
    expect(left).toEqual([
      { type: 'outcome', outcome: { ok: false, failure: expect.objectContaining({ reason: 'cancelled' }) } },
    ])
  })
})
