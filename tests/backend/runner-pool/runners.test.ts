import { createServer, type Server } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunnerPool } from '../../../backend/runner-pool/index.ts'
import { ask, context, poolOn, until } from './pool.ts'
import { scriptedParts } from './scripted-parts.ts'
import { found } from './scripted-runner.ts'

const { open, runner, pool } = scriptedParts()

/** Takes connections and never says a word. */
async function blackHole(): Promise<string> {
  const server: Server = createServer((socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => server.close() })
  return `127.0.0.1:${(server.address() as { port: number }).port}`
}

const stateOf = (calls: RunnerPool, address: string) => calls.list().find((view) => view.endpoint === address)?.state

describe('runners', () => {
  it('share the calls by what is in flight', async () => {
    const [one, two] = [await runner(), await runner()]
    one.reply = () => 'silence'
    two.reply = () => 'silence'
    const caller = new AbortController()
    const calls = await pool([one.address, two.address])
    const made = Array.from({ length: 10 }, () => calls.call(ask({ signal: caller.signal })))
    await until(() => one.fetches.length + two.fetches.length === 10)
    expect([one.fetches.length, two.fetches.length]).toEqual([5, 5])
    caller.abort()
    await Promise.all(made)
  })

  it('that are slow get less', async () => {
    const [slow, quick] = [await runner(), await runner()]
    slow.reply = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      return found({})
    }
    const calls = await pool([slow.address, quick.address])
    const worker = async () => {
      for (let i = 0; i < 25; i += 1) await calls.call(ask())
    }
    await Promise.all(Array.from({ length: 4 }, worker))
    expect(slow.fetches.length).toBeLessThan(quick.fetches.length / 2)
  })

  it('that swallow connections are never asked', async () => {
    const [hole, one] = [await blackHole(), await runner()]
    const calls = await pool([hole, one.address])
    for (let i = 0; i < 10; i += 1) expect(await calls.call(ask())).toMatchObject({ ok: true, runner: one.address })
    expect(stateOf(calls, hole)).toBe('silent')
  })

  it('that fall silent lose their calls to the others', async () => {
    const [one, two] = [await runner(), await runner()]
    const calls = await pool([one.address, two.address])
    one.deaf = true
    // Those that went to the deaf one move as soon as its probes fail, long before their deadline.
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => calls.call(ask({ deadlineMs: Date.now() + 60_000 }))),
    )
    expect(outcomes.every((outcome) => outcome.ok && outcome.runner === two.address)).toBe(true)
    expect(one.fetches.length).toBeGreaterThan(0)
    expect(stateOf(calls, one.address)).toBe('silent')
    one.deaf = false
    await until(() => stateOf(calls, one.address) === 'serving')
  })

  it('that answer probes and no calls are set aside', async () => {
    const [wedged, one] = [await runner(), await runner()]
    wedged.reply = () => 'silence'
    const calls = await pool([wedged.address, one.address])
    let misses = 0
    while (misses < 3) {
      const outcomes = await Promise.all([1, 2].map(() => calls.call(ask({ deadlineMs: Date.now() + 50 }))))
      misses += outcomes.filter((outcome) => !outcome.ok).length
    }
    for (let i = 0; i < 10; i += 1) expect(await calls.call(ask())).toMatchObject({ ok: true, runner: one.address })
    expect(stateOf(calls, wedged.address)).toBe('set-aside')
  })

  it('that lose a call are not waited for until the deadline', async () => {
    const [one, two] = [await runner(), await runner()]
    const calls = await pool([one.address, two.address])
    one.reply = () => 'silence'
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
    const request = () => ask({ context: { ...context, limits }, deadlineMs: Date.now() + 600_000 })
    const outcomes = await Promise.all([calls.call(request()), calls.call(request())])
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: true, runner: two.address })
    expect(one.fetches.length).toBeGreaterThan(0)
  })

  it('that drain finish their calls and get no new ones', async () => {
    const [one, two] = [await runner(), await runner()]
    const calls = await pool([one.address, two.address])
    one.serving = false
    await until(() => stateOf(calls, one.address) === 'draining')
    const before = one.fetches.length
    for (let i = 0; i < 6; i += 1) expect(await calls.call(ask())).toMatchObject({ ok: true, runner: two.address })
    expect(one.fetches.length).toBe(before)
  })

  it('that come back at the same address are used again', async () => {
    const first = await runner()
    const calls = await pool([first.address])
    first.kill()
    await until(() => stateOf(calls, first.address) === 'unreachable')
    // The call begins while nobody is there and goes through when the runner is back.
    const call = calls.call(ask({ deadlineMs: Date.now() + 20_000 }))
    const second = await runner({ address: first.address })
    second.instanceId = 'second'
    expect(await call).toMatchObject({ ok: true, runner: first.address })
    await until(() => calls.list()[0]?.instanceId === 'second')
  })

  it('are reached over a unix socket', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'indag-pool-'))
    open.push({ close: () => rmSync(dir, { recursive: true }) })
    const one = await runner({ address: `unix:${dir}/runner.sock` })
    expect(await (await pool([one.address])).call(ask())).toMatchObject({ ok: true, runner: one.address })
  })

  it('that refuse our token are down, with the fix', async () => {
    const one = await runner({ token: 'hush' })
    const calls = await pool([one.address], { token: 'wrong', absentWaitMs: 50 })
    expect(calls.list()[0]).toMatchObject({
      state: 'wrong-token',
      detail: expect.stringContaining('INDAG_RUNNER_TOKEN'),
    })
    expect(await calls.call(ask())).toMatchObject({ ok: false, failure: { reason: 'runner-unavailable' } })
  })

  it('of another language are refused', async () => {
    const one = await runner({ language: 'python' })
    const calls = await pool([one.address])
    expect(calls.list()[0]).toMatchObject({ state: 'wrong-language', detail: expect.stringContaining('python') })
  })

  it('at an address that is none are refused at start', async () => {
    await expect(poolOn(['http://runner'])).rejects.toThrow('neither host:port nor unix:/path')
  })
})

describe('no runner', () => {
  it('of the language: told at once, with the fix', async () => {
    const calls = await pool([])
    expect(await calls.call(ask({ language: 'cobol' }))).toMatchObject({
      ok: false,
      runner: null,
      failure: { reason: 'runner-unavailable', message: expect.stringContaining('INDAG_RUNNERS') },
    })
  })

  it('that answers: told after a short wait, long before the deadline', async () => {
    const one = await runner()
    one.kill()
    const calls = await pool([one.address], { absentWaitMs: 50 })
    const deadlineMs = Date.now() + 600_000
    expect(await calls.call(ask({ deadlineMs }))).toMatchObject({
      ok: false,
      runner: null,
      failure: { reason: 'runner-unavailable', message: expect.stringContaining(one.address) },
    })
    expect(calls.health()).toMatchObject([{ language: 'javascript', state: 'down', serving: 0, configured: 1 }])
  })
})

describe('room', () => {
  it('is bounded on each runner, and those that wait take turns by source', async () => {
    const one = await runner()
    const free: (() => void)[] = []
    one.reply = () => new Promise((resolve) => free.push(() => resolve(found({}))))
    const calls = await pool([one.address], { concurrencyPerRunner: 1 })
    const from = (sourceId: string) => calls.call(ask({ context: { ...context, sourceId } }))
    const made = [...Array.from({ length: 4 }, () => from('greedy')), from('modest')]
    for (let served = 1; served <= made.length; served += 1) {
      await until(() => one.fetches.length === served)
      expect(free).toHaveLength(served)
      free[served - 1]?.()
    }
    await Promise.all(made)
    expect(one.fetches.map((fetch) => fetch.context?.sourceId)).toEqual([
      'greedy',
      'greedy',
      'modest',
      'greedy',
      'greedy',
    ])
  })

  it('that does not come by the deadline is told', async () => {
    const one = await runner()
    one.reply = () => 'silence'
    const calls = await pool([one.address], { concurrencyPerRunner: 1 })
    const caller = new AbortController()
    const first = calls.call(ask({ signal: caller.signal, deadlineMs: Date.now() + 60_000 }))
    expect(await calls.call(ask({ deadlineMs: Date.now() + 50 }))).toMatchObject({
      ok: false,
      runner: null,
      failure: { reason: 'overloaded' },
    })
    caller.abort()
    await first
  })
})

describe('closing', () => {
  it('ends running and waiting calls, and later ones do not begin', async () => {
    const one = await runner()
    one.reply = () => 'silence'
    const calls = await poolOn([one.address], { concurrencyPerRunner: 1 })
    const made = [calls.call(ask()), calls.call(ask())]
    await until(() => one.fetches.length === 1)
    await calls.close()
    for (const call of [...made, calls.call(ask())])
      expect(await call).toMatchObject({ ok: false, failure: { reason: 'cancelled' } })
  })

  it('by draining lets running calls end', async () => {
    const one = await runner()
    let answer = () => {}
    one.reply = () => new Promise((resolve) => (answer = () => resolve(found({}))))
    const calls = await pool([one.address])
    const call = calls.call(ask())
    await until(() => one.fetches.length === 1)
    const drained = calls.drain(60_000)
    expect(await calls.call(ask())).toMatchObject({ ok: false, failure: { reason: 'cancelled' } })
    answer()
    await drained
    expect(await call).toMatchObject({ ok: true })
  })
})
