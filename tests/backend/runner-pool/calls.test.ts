import { status } from '@grpc/grpc-js'
import { Failure_Reason as Reason } from '@indag/proto/runner/v1/runner.ts'
import { describe, expect, it } from 'vitest'
import type { CallOutcome } from '../../../backend/runner-pool/index.ts'
import { ask, context, until, version } from './pool.ts'
import { scriptedParts } from './scripted-parts.ts'
import { found, typed } from './scripted-runner.ts'

const { runner, pool } = scriptedParts()

const failure = (outcome: CallOutcome) => (outcome.ok ? undefined : outcome.failure)

describe('a call', () => {
  it('gives the result unparsed, with the report and the runner', async () => {
    const one = await runner()
    const outcome = await (await pool([one.address])).call(ask())
    expect(outcome).toMatchObject({ ok: true, runner: one.address })
    expect(outcome.ok && JSON.parse(String(outcome.resultJson))).toEqual({ from: one.address })
    expect(outcome.ok && outcome.report).toEqual({
      logs: [{ level: 'warning', message: 'careful', atMs: 4 }],
      calls: [],
      droppedLogs: 0,
      wallMs: 5,
    })
  })

  it('gives null for not found', async () => {
    const one = await runner()
    one.reply = () => ({ outcome: { $case: 'notFound', value: {} } })
    expect(await (await pool([one.address])).call(ask())).toMatchObject({ ok: true, resultJson: null })
  })

  it('carries the token, the trace and the shrunk wall limit', async () => {
    const one = await runner({ token: 'hush' })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const outcome = await (
      await pool([one.address], { token: 'hush' })
    ).call(ask({ traceparent, deadlineMs: Date.now() + 700 }))
    expect(outcome.ok).toBe(true)
    expect(one.metadata[0]?.get('authorization')).toEqual(['Bearer hush'])
    expect(one.metadata[0]?.get('traceparent')).toEqual([traceparent])
    expect(one.fetches[0]?.context?.limits?.wallMs).toBeGreaterThan(0)
    expect(one.fetches[0]?.context?.limits?.wallMs).toBeLessThanOrEqual(700)
  })

  it('does not widen the wall limit of the source', async () => {
    const one = await runner()
    const limits = {
      wallMs: 50,
      cpuMs: 0,
      memoryBytes: 0,
      outputBytes: 0,
      logLines: 0,
      outgoingCalls: 0,
      concurrentCalls: 0,
      responseBytes: 0,
    }
    await (await pool([one.address])).call(ask({ context: { ...context, limits } }))
    expect(one.fetches[0]?.context?.limits?.wallMs).toBe(50)
  })

  it('tells a failure of the code with its line and retry time', async () => {
    const one = await runner()
    one.reply = () =>
      typed(status.UNKNOWN, Reason.REASON_RATE_LIMITED, 'slow down', { line: 4, column: 2, retryAfterMs: 1_500 })
    const outcome = await (await pool([one.address])).call(ask())
    expect(failure(outcome)).toEqual({
      reason: 'rate-limited',
      message: 'slow down',
      line: 4,
      column: 2,
      retryAfterMs: 1_500,
    })
    expect(one.fetches).toHaveLength(1)
  })

  it('names a status without a reason instead of guessing one', async () => {
    const one = await runner()
    one.reply = () => ({ code: status.DATA_LOSS, details: 'odd' })
    expect(failure(await (await pool([one.address])).call(ask()))).toMatchObject({
      reason: 'crashed',
      message: expect.stringContaining('DATA_LOSS'),
    })
  })

  it('is cancelled on the runner when the caller goes away', async () => {
    const one = await runner()
    one.reply = () => 'silence'
    const caller = new AbortController()
    const call = (await pool([one.address])).call(ask({ signal: caller.signal }))
    await until(() => one.fetches.length === 1)
    caller.abort()
    expect(failure(await call)).toMatchObject({ reason: 'cancelled' })
    await until(() => one.cancelled === 1)
  })

  it('is not sent at all when the caller is already gone', async () => {
    const one = await runner()
    expect(failure(await (await pool([one.address])).call(ask({ signal: AbortSignal.abort() })))).toMatchObject({
      reason: 'cancelled',
    })
    expect(one.fetches).toHaveLength(0)
  })

  it('times out when the runner never answers', async () => {
    const one = await runner()
    one.reply = () => 'silence'
    const outcome = await (await pool([one.address])).call(ask({ deadlineMs: Date.now() + 100 }))
    expect(outcome).toMatchObject({ ok: false, runner: one.address, failure: { reason: 'timeout' } })
  })
})

describe('code', () => {
  const code = version('export const fetchData = () => null')

  it('is pushed to a runner that does not hold it, once for many calls', async () => {
    const one = await runner({ knowsAll: false })
    const calls = await pool([one.address], {
      codeOf: (hash) => Promise.resolve(hash === code.hash ? code : undefined),
    })
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => calls.call(ask({ hash: code.hash }))))
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true)
    expect(one.updates).toEqual([code])
  })

  it('is pushed again to a runner that forgot it', async () => {
    const one = await runner({ knowsAll: false })
    const calls = await pool([one.address], { codeOf: () => Promise.resolve(code) })
    await calls.call(ask({ hash: code.hash }))
    one.held.clear()
    expect(await calls.call(ask({ hash: code.hash }))).toMatchObject({ ok: true })
    expect(one.updates).toHaveLength(2)
  })

  it('that does not compile is told with its place', async () => {
    const broken = version('broken')
    const one = await runner({ knowsAll: false })
    const calls = await pool([one.address], { codeOf: () => Promise.resolve(broken) })
    expect(failure(await calls.call(ask({ hash: broken.hash })))).toEqual({
      reason: 'syntax',
      message: 'Unexpected token',
      line: 3,
      column: 7,
    })
    expect(await calls.compile(broken)).toMatchObject({
      ok: true,
      hooks: [],
      diagnostics: [{ severity: 'error', line: 3 }],
    })
  })

  it('is asked for again when the database is away for a moment', async () => {
    const one = await runner({ knowsAll: false })
    let asked = 0
    const calls = await pool([one.address], {
      codeOf: () => ((asked += 1) < 3 ? Promise.reject(new Error('connection refused')) : Promise.resolve(code)),
    })
    expect(await calls.call(ask({ hash: code.hash }))).toMatchObject({ ok: true })
    expect(asked).toBe(3)
  })

  it('that cannot be read ends the call at its deadline, as a value', async () => {
    const one = await runner({ knowsAll: false })
    const calls = await pool([one.address], { codeOf: () => Promise.reject(new Error('connection refused')) })
    expect(failure(await calls.call(ask({ hash: code.hash, deadlineMs: Date.now() + 300 })))).toMatchObject({
      reason: 'timeout',
    })
  })

  it('that is stored nowhere is told', async () => {
    const one = await runner({ knowsAll: false })
    expect(failure(await (await pool([one.address])).call(ask()))).toMatchObject({ reason: 'unknown-version' })
  })

  it('is not pushed for ever to a runner that never holds it', async () => {
    const one = await runner()
    one.reply = () => typed(status.FAILED_PRECONDITION, Reason.REASON_UNKNOWN_VERSION, 'not held')
    const calls = await pool([one.address], { codeOf: () => Promise.resolve(code) })
    expect(failure(await calls.call(ask({ hash: code.hash })))).toMatchObject({ reason: 'overloaded' })
  })
})

describe('another try', () => {
  it('goes to another runner when one turns the call away', async () => {
    const [one, two] = [await runner(), await runner()]
    const overloaded = () => typed(status.RESOURCE_EXHAUSTED, Reason.REASON_OVERLOADED, 'full')
    one.reply = overloaded
    const calls = await pool([one.address, two.address])
    for (let i = 0; i < 6; i += 1)
      expect(await calls.call(ask({ retrySafe: false }))).toMatchObject({ ok: true, runner: two.address })
    two.reply = overloaded
    expect(failure(await calls.call(ask({ deadlineMs: Date.now() + 200 })))).toMatchObject({ reason: 'overloaded' })
  })

  it('follows a crash of the child once, and only where it is safe', async () => {
    const one = await runner()
    one.reply = () => typed(status.ABORTED, Reason.REASON_CRASHED, 'died')
    const calls = await pool([one.address])
    expect(failure(await calls.call(ask()))).toMatchObject({ reason: 'crashed' })
    expect(one.fetches).toHaveLength(2)
    expect(failure(await calls.call(ask({ retrySafe: false })))).toMatchObject({ reason: 'crashed' })
    expect(one.fetches).toHaveLength(3)
  })

  it('never follows a failure of the code', async () => {
    const one = await runner()
    one.reply = () => typed(status.UNKNOWN, Reason.REASON_EXCEPTION, 'boom')
    await (await pool([one.address])).call(ask())
    expect(one.fetches).toHaveLength(1)
  })

  it('takes over when a runner dies in the middle of a call', async () => {
    const [one, two] = [await runner(), await runner()]
    const calls = await pool([one.address, two.address])
    one.reply = () => 'silence'
    two.reply = () => 'silence'
    const call = calls.call(ask())
    await until(() => one.fetches.length + two.fetches.length === 1)
    const [dying, other] = one.fetches.length === 1 ? [one, two] : [two, one]
    other.reply = () => found({ second: true })
    dying.kill()
    expect(await call).toMatchObject({ ok: true, runner: other.address })
  })

  it('is refused to a call that may already have acted', async () => {
    const [one, two] = [await runner(), await runner()]
    const calls = await pool([one.address, two.address])
    one.reply = () => 'silence'
    two.reply = () => 'silence'
    const call = calls.call(ask({ retrySafe: false }))
    await until(() => one.fetches.length + two.fetches.length === 1)
    ;(one.fetches.length === 1 ? one : two).kill()
    expect(failure(await call)).toMatchObject({ reason: 'interrupted' })
    expect(one.fetches.length + two.fetches.length).toBe(1)
  })

  it('is given to an unsafe call that surely reached nobody', async () => {
    const [one, two] = [await runner(), await runner()]
    const calls = await pool([one.address, two.address], { probeEveryMs: 60_000 })
    one.kill()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => calls.call(ask({ retrySafe: false }))))
    expect(outcomes.filter((outcome) => outcome.ok).length).toBeGreaterThan(0)
    // What the dead connection took with it is told as interrupted, never repeated.
    for (const outcome of outcomes) expect([undefined, 'interrupted']).toContain(failure(outcome)?.reason)
    expect(two.fetches.length).toBe(outcomes.filter((outcome) => outcome.ok).length)
  })
})
