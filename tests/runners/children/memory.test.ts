import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { Child } from '../../../runners/contract/children/child.ts'
import { Frame, encodeFrame } from '../../../runners/contract/children/frames.ts'
import { Cancellation } from '../../../runners/contract/server/calls/cancellation.ts'
import { hookCall } from './hook-call.ts'

// A real process whose memory the test decides; what it says is said by the test. Limits of 64 MB: it may keep 160 MB above
// what it began with, and take 224 MB more while something runs.
const MB = 1024 * 1024
const TAKE_MB = `const kept = []
process.stdin.on('data', (text) => { kept.push(Buffer.alloc(Number(text) * ${MB}, 1)); console.log('taken') })
console.log('ready')`
const started: ChildProcess[] = []
afterEach(() => {
  for (const each of started.splice(0)) each.kill('SIGKILL')
})

async function open() {
  const inmate = spawn(process.execPath, ['-e', TAKE_MB], { stdio: ['pipe', 'pipe', 'inherit'] })
  started.push(inmate)
  await once(inmate.stdout, 'data')
  const [ours, theirs] = duplexPair()
  theirs.resume()
  const child = new Child(
    { socket: ours as Duplex, pid: inmate.pid as number, kill: () => inmate.kill('SIGKILL'), onExit: () => {} },
    { onDeath: () => {}, restMs: 500 },
  )
  const say = (type: number, id: number, text: string) => theirs.write(encodeFrame(type as 71, id, text))
  say(Frame.READY, 0, '{}')
  await child.ready
  let calls = 1
  const call = () => {
    calls += 1
    const outcome = child.call(
      hookCall({ memoryBytes: 64 * MB }),
      {
        fetch: async () => ({ ok: false, failure: { reason: 'egress-denied', message: 'no' } }),
        dns: async () => ({ ok: true, value: [] }),
        log: () => undefined,
        emit: () => undefined,
      },
      new Cancellation(),
    )
    return { outcome, answer: () => say(Frame.RESULT, calls, '{}') }
  }
  const take = async (megabytes: number) => {
    inmate.stdin.write(`${megabytes}`)
    await once(inmate.stdout, 'data')
  }
  /** Longer than some looks, shorter than a rest. */
  const looks = () => new Promise((done) => setTimeout(done, 100))
  return { child, call, take, looks }
}

describe("a child's memory", () => {
  it('ends it while a call takes more than it may, and the call is told so', async () => {
    const { call, take } = await open()
    const { outcome } = call()
    void take(260)
    expect(await outcome).toMatchObject({ ok: false, failure: { reason: 'memory', killed: true } })
  })

  it('that calls before it left there is not the fault of the next', async () => {
    const { child, call, take, looks } = await open()
    const first = call()
    await take(190)
    first.answer()
    expect(await first.outcome).toMatchObject({ ok: true })
    await looks()
    const second = call()
    await take(60)
    await looks()
    second.answer()
    expect(await second.outcome).toMatchObject({ ok: true })
    expect(child.death).toBeUndefined()
  })

  it('that it keeps when nothing runs any longer ends it, without a call to blame', async () => {
    const { child, call, take } = await open()
    const { outcome, answer } = call()
    await take(190)
    answer()
    expect(await outcome).toMatchObject({ ok: true })
    await expect.poll(() => child.death?.message, { timeout: 10_000 }).toMatch(/kept too much memory/)
  })

  it('that is little is kept', async () => {
    const { child, call, take } = await open()
    const { outcome, answer } = call()
    await take(100)
    answer()
    await outcome
    await new Promise((done) => setTimeout(done, 1_500))
    expect(child.death).toBeUndefined()
  })
})
