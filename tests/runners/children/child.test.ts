import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Child } from '../../../runners/contract/children/child.ts'
import { Frame, FrameReader, encodeFrame } from '../../../runners/contract/children/frames.ts'
import type { CallHost, FetchRequest } from '../../../runners/contract/executor.ts'
import { Cancellation } from '../../../runners/contract/server/calls/cancellation.ts'
import { hookCall } from './hook-call.ts'

// A child whose other end the test holds: what the box's inmate could send if it had broken out of everything but the box.
function open() {
  const [ours, theirs] = duplexPair()
  const killed: string[] = []
  const asked: FetchRequest[] = []
  const logs: string[] = []
  const sent: [type: number, id: number, payload: Buffer][] = []
  const reader = new FrameReader(
    (type, id, payload) => sent.push([type, id, Buffer.from(payload)]),
    () => 1e9,
  )
  theirs.on('data', (chunk: Buffer) => reader.push(chunk))
  const child = new Child(
    { socket: ours as Duplex, pid: -1, kill: () => killed.push('killed'), onExit: () => {} },
    { onDeath: () => {} },
  )
  const host: CallHost = {
    fetch: async (request) => (asked.push(request), { ok: false, failure: { reason: 'egress-denied', message: 'no' } }),
    dns: async () => ({ ok: true, value: [] }),
    log: (_level, message) => void logs.push(message),
    emit: () => undefined,
  }
  const call = (limits = {}, signal = new Cancellation()) => child.call(hookCall(limits), host, signal)
  return {
    child,
    theirs,
    /** As the kernel does when the process is gone. */
    end: () => void ours.destroy(),
    killed,
    asked,
    logs,
    sent,
    call,
    say: (type: number, id: number, payload: Buffer | string) => theirs.write(encodeFrame(type as 71, id, payload)),
  }
}
/** The id that the first call of a child gets. */
const FIRST = 2
const op = (id: number, body: unknown) => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(id)
  return Buffer.concat([head, Buffer.from(JSON.stringify(body))])
}

describe('a child that answers', () => {
  it('settles its call with the text as it came', async () => {
    const { call, say } = open()
    const outcome = call()
    say(Frame.RESULT, FIRST, '{"summary":"s"}')
    expect(await outcome).toEqual({ ok: true, resultJson: Buffer.from('{"summary":"s"}') })
  })

  it('has its operations done by the host, and the answer sent back', async () => {
    const { call, say, sent, asked } = open()
    const outcome = call()
    say(Frame.OP, FIRST, op(5, { op: 'fetch', url: 'http://a/', headers: [['a', 'b']] }))
    await expect.poll(() => sent.some(([type]) => type === Frame.SETTLE)).toBe(true)
    expect(asked).toEqual([{ url: 'http://a/', headers: [['a', 'b']] }])
    const settle = sent.find(([type]) => type === Frame.SETTLE)?.[2] as Buffer
    expect([settle.readUInt32BE(0), settle[4], JSON.parse(settle.toString('utf8', 5))]).toEqual([
      5,
      0,
      { reason: 'egress-denied', message: 'no' },
    ])
    say(Frame.RESULT, FIRST, 'null')
    expect(await outcome).toEqual({ ok: true, resultJson: null })
  })

  it('cannot give more than the limit', async () => {
    const { call, say } = open()
    const outcome = call({ outputBytes: 10 })
    say(Frame.RESULT, FIRST, '{"summary":"longer"}')
    expect(await outcome).toMatchObject({ ok: false, failure: { reason: 'output-too-large' } })
  })
})

describe('a child that forges is killed, and its call told so', () => {
  const body = { op: 'fetch', url: 'http://a/' }
  it.each<[string, number, number, Buffer | string]>([
    ['a result for a call that never was', Frame.RESULT, 999, '{}'],
    ['a result for call 0', Frame.RESULT, 0, '{}'],
    ['a result that is no object', Frame.RESULT, FIRST, '"text"'],
    ['an empty result', Frame.RESULT, FIRST, ''],
    ['a failure that is no JSON', Frame.FAILURE, FIRST, '{'],
    ['a failure with an unknown reason', Frame.FAILURE, FIRST, '{"reason":"fine"}'],
    ['a failure with a reason of the runner', Frame.FAILURE, FIRST, '{"reason":"overloaded"}'],
    ['a failure that is an array', Frame.FAILURE, FIRST, '[]'],
    ['a load answer that nobody asked for', Frame.LOADED, FIRST, '{"hash":"h","hooks":[]}'],
    ['an operation without a body', Frame.OP, FIRST, Buffer.alloc(4)],
    ['an unknown operation', Frame.OP, FIRST, op(1, { op: 'exec' })],
    ['a fetch without an address', Frame.OP, FIRST, op(1, { op: 'fetch' })],
    ['a fetch with headers that are no pairs', Frame.OP, FIRST, op(1, { ...body, headers: [['a']] })],
    ['a fetch with a body that is no text', Frame.OP, FIRST, op(1, { ...body, body: { a: 1 } })],
    ['a log line with an unknown level', Frame.LOG, FIRST, '{"level":"loud","message":"m"}'],
    ['a log line without text', Frame.LOG, FIRST, '{"level":"info"}'],
    ['an emission of nothing known', Frame.EMIT, FIRST, '{"what":"money"}'],
    ['progress that is no number', Frame.EMIT, FIRST, '{"what":"progress","done":"1","total":2}'],
    ['a frame of an unknown type', 99, FIRST, ''],
    ["a frame of the runner's own", Frame.CALL, FIRST, '{}'],
  ])('%s', async (_, type, id, payload) => {
    const { call, say, killed, child } = open()
    const outcome = call()
    say(type, id, payload)
    expect(await outcome).toMatchObject({ ok: false, failure: { reason: 'crashed' } })
    expect(killed).toEqual(['killed'])
    expect(await child.call(hookCall(), {} as CallHost, new Cancellation())).toMatchObject({
      ok: false,
      failure: { reason: 'crashed' },
    })
  })

  it('an operation under a number that is taken', async () => {
    const { call, say, killed } = open()
    const outcome = call()
    say(Frame.OP, FIRST, op(1, body))
    say(Frame.OP, FIRST, op(1, body))
    expect(await outcome).toMatchObject({ ok: false, failure: { reason: 'crashed' } })
    expect(killed).toEqual(['killed'])
  })

  it('a frame larger than any may be, at its header', async () => {
    const { call, theirs, killed } = open()
    const outcome = call()
    theirs.write(Buffer.from([0xff, 0xff, 0xff, 0xff, Frame.RESULT, 0, 0, 0, FIRST]))
    expect(await outcome).toMatchObject({ ok: false, failure: { reason: 'crashed' } })
    expect(killed).toEqual(['killed'])
  })

  it('but late words of a call that is over are let pass', async () => {
    const { call, say, killed } = open()
    const first = call()
    say(Frame.RESULT, FIRST, 'null')
    await first
    const second = call()
    say(Frame.LOG, FIRST, '{"level":"info","message":"late"}')
    say(Frame.RESULT, FIRST + 1, 'null')
    expect(await second).toMatchObject({ ok: true })
    expect(killed).toEqual([])
  })
})

describe('a child that does not stop', () => {
  it('is killed a little after a cancellation, and the reasons tell whose fault it was', async () => {
    const { call, killed, sent } = open()
    const signal = new Cancellation()
    const cancelled = call({}, signal)
    const innocent = call()
    signal.abort()
    expect(await cancelled).toMatchObject({ ok: false, failure: { reason: 'cancelled' } })
    expect(await innocent).toMatchObject({
      ok: false,
      failure: { reason: 'crashed', message: expect.stringContaining('another call') },
    })
    expect(killed).toEqual(['killed'])
    expect(sent.map(([type]) => type)).toContain(Frame.CANCEL)
  })

  it('fails all its calls when it dies by itself', async () => {
    const { call, end } = open()
    const both = [call(), call()]
    end()
    for (const each of await Promise.all(both))
      expect(each).toMatchObject({ ok: false, failure: { reason: 'crashed' } })
  })
})

describe('a child that dies', () => {
  const outcomeOf = async (each: Promise<unknown>) =>
    (await each) as { failure: { reason: string; message: string; again?: string } }

  it('gives back what it had not begun, to be begun elsewhere', async () => {
    const { call, end } = open()
    const [first, second] = [call(), call()]
    end()
    expect((await outcomeOf(first)).failure.again).not.toBe('anywhere')
    expect((await outcomeOf(second)).failure).toMatchObject({ reason: 'crashed', again: 'anywhere' })
  })

  it('for what it said is blamed on the only call in it', async () => {
    const { call, say } = open()
    const only = call()
    say(Frame.RESULT, FIRST, '"text"')
    expect((await outcomeOf(only)).failure).toMatchObject({ reason: 'crashed', killed: true })
  })

  it('gives back what ran side by side to be tried alone, but nothing that the host has done something for', async () => {
    const { call, say, end, asked } = open()
    const calls = [call(), call(), call()]
    for (const id of [FIRST, FIRST + 1, FIRST + 2]) say(Frame.BEGUN, id, '')
    say(Frame.OP, FIRST + 1, op(1, { op: 'fetch', url: 'http://a/' }))
    await expect.poll(() => asked.length).toBe(1)
    end()
    const [one, two, three] = await Promise.all(calls.map(outcomeOf))
    expect([one?.failure.again, two?.failure.again, three?.failure.again]).toEqual(['alone', undefined, 'alone'])
    expect(two?.failure).toMatchObject({ reason: 'crashed', message: expect.stringContaining('another call') })
  })

  it('because its owner ends it gives nothing back', async () => {
    const { call, child } = open()
    const both = [call(), call()]
    child.kill({ reason: 'crashed', message: 'The end' })
    for (const each of await Promise.all(both.map(outcomeOf)))
      expect(each.failure).toEqual({ reason: 'crashed', message: 'The end' })
  })
})

describe('the clock of a call', () => {
  it('starts when the child begins it: what waits behind others has no part in their time', async () => {
    const { call, say, killed } = open()
    const first = call({ wallMs: 60_000 })
    const second = call({ wallMs: 1 })
    // Long enough for the second's clock, had it one; the first's frame starts it.
    const sentAtMs = Date.now()
    await expect.poll(() => Date.now() - sentAtMs, { timeout: 5_000 }).toBeGreaterThan(200)
    expect(killed).toEqual([])
    say(Frame.RESULT, FIRST, 'null')
    expect(await first).toMatchObject({ ok: true })
    expect(await second).toMatchObject({ ok: false, failure: { reason: 'timeout' } })
    expect(killed).toEqual(['killed'])
  })

  it('of one that was cancelled before it began does not end the child', async () => {
    const { call, say, killed } = open()
    const signal = new Cancellation()
    const first = call()
    const second = call({}, signal)
    signal.abort()
    expect(await second).toMatchObject({ ok: false, failure: { reason: 'cancelled' } })
    say(Frame.RESULT, FIRST, 'null')
    say(Frame.FAILURE, FIRST + 1, '{"reason":"cancelled"}')
    expect(await first).toMatchObject({ ok: true })
    expect(killed).toEqual([])
  })

  it('of one that was cancelled before it began runs all the same once it has the child', async () => {
    const { call, say, killed } = open()
    const signal = new Cancellation()
    const first = call()
    const second = call({ wallMs: 1 }, signal)
    signal.abort()
    await second
    const third = call()
    say(Frame.RESULT, FIRST, 'null')
    await first
    expect(await third).toMatchObject({ ok: false, failure: { reason: 'crashed', again: 'anywhere' } })
    expect(killed).toEqual(['killed'])
  })
})
