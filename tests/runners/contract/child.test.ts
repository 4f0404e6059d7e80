import { duplexPair } from 'node:stream'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Child } from '../../../runners/contract/children/child.ts'
import { Frame, FrameReader, encodeFrame } from '../../../runners/contract/children/frames.ts'
import type { CallHost, FetchRequest, HookCall } from '../../../runners/contract/executor.ts'
import { DEFAULT_LIMITS } from '../../../runners/contract/limits.ts'
import { Cancellation } from '../../../runners/contract/server/calls/cancellation.ts'

// A child whose other end the test holds: what the box's inmate could send if it had broken out of everything but the box.
const EMPTY = Buffer.alloc(0)
const version = { hash: 'h', language: 'javascript', code: '', requirements: [], sourceId: 's' }
const callOf = (limits = {}): HookCall => ({
  version,
  hook: 'fetchData',
  sourceId: 's',
  trustDomain: 'd',
  configJson: EMPTY,
  matchesJson: EMPTY,
  secrets: {},
  limits: { ...DEFAULT_LIMITS, ...limits },
  deadlineMs: Date.now() + 60_000,
})

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
    () => {},
  )
  const host: CallHost = {
    fetch: async (request) => (asked.push(request), { ok: false, failure: { reason: 'egress-denied', message: 'no' } }),
    dns: async () => ({ ok: true, value: [] }),
    log: (_level, message) => void logs.push(message),
    emit: () => undefined,
  }
  const call = (limits = {}, signal = new Cancellation()) => child.call(callOf(limits), host, signal)
  return {
    child,
    theirs,
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
    expect(await child.call(callOf(), {} as CallHost, new Cancellation())).toMatchObject({
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
    const { call, theirs } = open()
    const both = [call(), call()]
    theirs.destroy()
    for (const each of await Promise.all(both))
      expect(each).toMatchObject({ ok: false, failure: { reason: 'crashed' } })
  })
})
