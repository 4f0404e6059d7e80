import { EgressError } from './egress-error.ts'

/**
 * One answer on its way in. `take` is for bytes of content, `carry` for bytes of the wire where those are others; both throw EgressError
 * when there were enough. `giveBack` when it was handed on.
 */
export type AnswerBudget = { take(sizeBytes: number): void; carry(sizeBytes: number): void; giveBack(): void }
/** The answers of one call. */
export type CallBudget = { openAnswer(): AnswerBudget }

/** Content that the process holds while it is being read, of all calls. */
const RUNNER_BYTES = 256 * 1024 * 1024
/** Times `responseBytes`: what the answers that one call reads at the same time may hold, and all its answers together. */
const ANSWERS_AT_ONCE = 4
const ANSWERS_IN_ALL = 16
/** Compressed content may be so much larger than it is. */
const WIRE_MORE_BYTES = 64 * 1024

/** Gives each call its budget; all share the runner's. */
export function openByteBudget(): (responseBytes: number) => CallBudget {
  const held = { all: 0 }
  return (responseBytes) => {
    const call = { held: 0, read: 0 }
    return { openAnswer: () => openAnswer(responseBytes, call, held) }
  }
}

function openAnswer(
  responseBytes: number,
  call: { held: number; read: number },
  runner: { all: number },
): AnswerBudget {
  let taken = 0
  let carried = 0
  return {
    carry: (sizeBytes) => {
      carried += sizeBytes
      if (carried > responseBytes + WIRE_MORE_BYTES) throw tooLarge('The answer is', responseBytes)
    },
    take: (sizeBytes) => {
      const inAll = ANSWERS_IN_ALL * responseBytes
      const atOnce = ANSWERS_AT_ONCE * responseBytes
      if (taken + sizeBytes > responseBytes) throw tooLarge('The answer is', responseBytes)
      if (call.read + sizeBytes > inAll) throw tooLarge('All answers of this call together are', inAll)
      if (call.held + sizeBytes > atOnce) throw tooLarge('The answers that are read at the same time are', atOnce)
      if (runner.all + sizeBytes > RUNNER_BYTES)
        throw new EgressError('host-unreachable', 'The runner reads too many large answers now: try again later')
      taken += sizeBytes
      call.read += sizeBytes
      call.held += sizeBytes
      runner.all += sizeBytes
    },
    giveBack: () => {
      call.held -= taken
      runner.all -= taken
      taken = 0
    },
  }
}

function tooLarge(what: string, maximumBytes: number): EgressError {
  return new EgressError('egress-denied', `${what} larger than ${maximumBytes} bytes`)
}
