import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { Frame, FrameReader, MAXIMUM_INWARD_BYTES, encodeFrame, joinFrames } from '@indag/runner-contract'
import { makeCheck } from './check.ts'
import { Heaps } from './heaps.ts'
import { CodeError } from './isolate.ts'
import { Isolates } from './isolates.ts'
import { Slot } from './slot.ts'

// The child program: plain Node in the box, no network, no files, no environment. What it says is not trusted by the runner.
const isolates = new Isolates(readFileSync(new URL('./kit.js', import.meta.url), 'utf8'))
const check = makeCheck()
const channel = new Socket({ fd: 3, readable: true, writable: true })
const slots = new Map<string, Slot>()
const heaps = new Heaps()
const slotOfCall = new Map<number, Slot>()

type Load = { hash: string; code: string; memoryBytes: number; withinMs: number; checkOnly?: boolean }

/** So many frames go together at most: the runner reads the first half of many answers while the code makes the second. */
const MOST_HELD = 16
let outbox: Buffer[] = []
/** Frames of one chunk are being read: what they come to follows at once. */
let reading = false
const send = (type: number, callId: number, ...parts: (Buffer | string)[]) => {
  const frame = encodeFrame(type as (typeof Frame)['OP'], callId, ...parts)
  if (!reading && slotOfCall.size < 2 && outbox.length === 0) return void channel.write(frame)
  // With several calls under way, all frames of a turn of the event loop go together.
  const held = outbox.push(frame)
  if (held >= MOST_HELD) return flush()
  if (held === 1 && !reading) setImmediate(flush)
}
const flush = () => {
  if (outbox.length === 0) return
  const frames = outbox
  outbox = []
  channel.write(joinFrames(frames))
}
const fail = (callId: number, reason: string, message: string) =>
  send(Frame.FAILURE, callId, JSON.stringify({ reason, message }))

function load(id: number, asked: Load): void {
  const { hash } = asked
  try {
    if (asked.checkOnly) {
      const hooks = check(asked.code, asked.memoryBytes)
      return send(Frame.LOADED, id, JSON.stringify({ hash, hooks, diagnostics: [] }))
    }
    const slot: Slot = new Slot((bytes) => isolates.take(bytes), asked.code, asked.memoryBytes, {
      send,
      fail,
      over: (callId) => {
        slotOfCall.delete(callId)
        if (slotOfCall.size === 0 && isolates.isShort) setImmediate(() => isolates.refill())
        heaps.note(slot)
      },
      leave: () => send(Frame.LEAVING, 0),
    })
    slot.open(asked.withinMs)
    retire(hash)
    slots.set(hash, slot)
    send(Frame.LOADED, id, JSON.stringify({ hash, hooks: slot.hooks, diagnostics: [] }))
  } catch (cause) {
    if (cause instanceof CodeError)
      send(Frame.LOADED, id, JSON.stringify({ hash, hooks: [], diagnostics: [cause.diagnostic] }))
    else if (cause instanceof Error && /memory limit|disposed/.test(cause.message))
      fail(id, 'memory', 'The code used more memory than it may while it loaded')
    else fail(id, 'timeout', 'The top level of the code did not end in time')
  }
}

function retire(hash: string): void {
  const slot = slots.get(hash)
  if (!slot) return
  slot.retire()
  heaps.forget(slot)
}

function call(id: number, payload: Buffer): void {
  const at = 1 + (payload[0] ?? 0)
  const slot = slots.get(payload.toString('latin1', 1, at))
  if (!slot) return fail(id, 'crashed', 'The version is not loaded in this child')
  const stopMs = Math.min(payload.readDoubleBE(at + 8), Date.now() + payload.readUInt32BE(at))
  // What is held back must be out before code that may not come back.
  if (!slot.isQuick) flush()
  slotOfCall.set(id, slot)
  slot.start(id, payload.toString('utf8', at + 16), stopMs, payload.readUInt32BE(at + 4))
}

const reader = new FrameReader(
  (type, id, payload) => {
    if (type === Frame.CALL) return call(id, payload)
    if (type === Frame.SETTLE)
      return slotOfCall.get(id)?.settle(id, payload.readUInt32BE(0), payload[4] === 1, payload.toString('utf8', 5))
    if (type === Frame.CANCEL) return slotOfCall.get(id)?.stop(id, 'cancelled', 'The caller went away')
    if (type === Frame.LOAD) return load(id, JSON.parse(payload.toString('utf8')) as Load)
    if (type === Frame.UNLOAD) {
      const { hash } = JSON.parse(payload.toString('utf8')) as { hash: string }
      retire(hash)
      slots.delete(hash)
    }
  },
  () => MAXIMUM_INWARD_BYTES,
)
channel.on('data', (chunk: Buffer) => {
  reading = true
  if (!reader.push(chunk)) process.kill(process.pid, 'SIGKILL')
  reading = false
  flush()
})
// isolated-vm often crashes on an orderly exit with busy isolates: there is no orderly exit.
channel.on('close', () => process.kill(process.pid, 'SIGKILL'))
channel.on('error', () => process.kill(process.pid, 'SIGKILL'))
// A late promise of an isolate that was disposed is no news; anything else must not pass in silence either, and the runner sees to it.
process.on('unhandledRejection', () => {})
send(Frame.READY, 0, '{}')
