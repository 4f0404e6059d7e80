import { setTimeout as sleep } from 'node:timers/promises'
import type { CallFailure, CallHost, Outcome } from '../executor.ts'
import type { Bound } from './fate.ts'
import { parseEmission, parseFailure, parseLog, parseOp } from './parse-frames.ts'
import type { Loaded } from './parse-frames.ts'
import { Frame, MAXIMUM_INWARD_BYTES, encodeFrame } from './frames.ts'

/** A version on its way into the child. */
export type RunningLoad = Bound & { id: number; hash: string; settle(loaded: Loaded | CallFailure): void }

/** A call on its way through the child. `over` once it was settled, though the child may not know yet. */
export type RunningCall = Bound & {
  id: number
  cpuMs: number
  /** Processor time that was charged to it from outside. */
  usedMs: number
  outputBytes: number
  host: CallHost
  over: boolean
  cancelled: boolean
  operations: Set<number> | undefined
  /** How many more log lines and operations are heard: a child that floods would keep the runner's one thread to itself. */
  linesLeft: number
  operationsLeft: number
  /** Only a background task has a listener for emissions. */
  emits: boolean
  settle(outcome: Outcome): void
}

/** What the channel of a child is to the calls in it. */
export type Channel = {
  send(frame: Buffer): void
  pause(): void
  resume(): void
  /** What was sent and the child has not read, in bytes. */
  unread(): number
}

/** Answers that wait in the runner for a child that does not read: beyond, it is told so in place of what it asked for. */
const MOST_UNREAD_BYTES = 64 * 1024 * 1024

/** In characters; small ones are always given. */
const SMALL_ANSWER = 64 * 1024

const NULL = Buffer.from('null')

/** Of lines and operations, above the call's limits: code may try on, and count what is refused. */
export const FLOOD_SLACK = 1_000
/** So many refused operations are answered at once, each further one a millisecond later than the one before: code that tries on for as long as it may is no flood. */
const PROMPT_REFUSALS = 100

/** Does what a frame of the child says for one call. A text names what was wrong with the frame: the child must die of it. */
export function hearFrame(call: RunningCall, type: number, payload: Buffer, channel: Channel): string | undefined {
  if (type === Frame.RESULT) return hearResult(call, payload)
  if (type === Frame.BEGUN) return undefined
  if (type === Frame.OP) return hearOperation(call, payload, channel)
  if (type === Frame.FAILURE) return hearFailure(call, payload)
  if (type === Frame.LOG) return hearLine(call, payload)
  if (type === Frame.EMIT) return hearEmission(call, payload, channel)
  return 'a frame of an unknown type'
}

function hearResult(call: RunningCall, payload: Buffer): string | undefined {
  const { outputBytes } = call
  if (payload.length > outputBytes) {
    const message = `The result is larger than ${outputBytes} bytes`
    call.settle({ ok: false, failure: { reason: 'output-too-large', message } })
    return undefined
  }
  const first = payload[0]
  if (first === 0x7b || first === 0x5b) call.settle({ ok: true, resultJson: payload })
  else if (payload.equals(NULL)) call.settle({ ok: true, resultJson: null })
  else return 'a result that is no JSON object'
  return undefined
}

function hearFailure(call: RunningCall, payload: Buffer): string | undefined {
  const failure = parseFailure(payload)
  if (!failure) return 'a malformed failure'
  // The child's own word for a call that it lost because of another one.
  if (failure.reason === 'crashed' && !call.touched) failure.again = 'anywhere'
  call.settle({ ok: false, failure })
  return undefined
}

function hearLine(call: RunningCall, payload: Buffer): string | undefined {
  call.linesLeft -= 1
  if (call.linesLeft < 0) return 'far more log lines than it may'
  const line = parseLog(payload)
  if (!line) return 'a malformed log line'
  call.host.log(line.level, line.message)
  return undefined
}

function hearOperation(call: RunningCall, payload: Buffer, channel: Channel): string | undefined {
  call.operationsLeft -= 1
  if (call.operationsLeft < 0) return 'far more operations than it may'
  const op = parseOp(payload)
  call.operations ??= new Set()
  if (!op || call.operations.has(op.id)) return 'a malformed operation'
  call.operations.add(op.id)
  call.touched = true
  const answer = op.op === 'fetch' ? call.host.fetch(op.request) : call.host.dns(op.name, op.type)
  const patienceMs = FLOOD_SLACK - PROMPT_REFUSALS - call.operationsLeft
  const after = patienceMs > 0 ? answer.then((given) => sleep(patienceMs, given, { ref: false })) : answer
  void after.then((given) => {
    if (call.over) return
    const head = Buffer.allocUnsafe(5)
    head.writeUInt32BE(op.id, 0)
    head[4] = given.ok ? 1 : 0
    let text = JSON.stringify(given.ok ? given.value : given.failure)
    if (text.length > MAXIMUM_INWARD_BYTES / 3 && Buffer.byteLength(text) > MAXIMUM_INWARD_BYTES - 5) {
      head[4] = 0
      text = JSON.stringify({ reason: 'bad-request', message: 'The answer is larger than the code can be given' })
    }
    if (text.length > SMALL_ANSWER && channel.unread() + text.length > MOST_UNREAD_BYTES) {
      head[4] = 0
      text = JSON.stringify({
        reason: 'host-unreachable',
        message: 'The code does not read its answers: too much of them waits',
      })
    }
    channel.send(encodeFrame(Frame.SETTLE, call.id, head, text))
  })
  return undefined
}

function hearEmission(call: RunningCall, payload: Buffer, channel: Channel): string | undefined {
  const emission = parseEmission(payload)
  if (!emission) return 'a malformed emission'
  call.touched = true
  const drained = call.host.emit(emission)
  if (!drained) return undefined
  channel.pause()
  void drained.finally(() => channel.resume())
  return undefined
}
