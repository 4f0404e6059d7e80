import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js'
import { CallContext } from '@indag/proto/runner/v1/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, failed } from '../contract/ask.ts'
import type { Answer, Context, versionOf } from '../contract/ask.ts'

export type AskedHook = 'fetchData' | 'backgroundTask' | 'receive' | 'test'
/** How a call ended, and all that its caller got to see of it. */
export type Seen = { ending: string; text: string }

const INDICATOR = { kind: 'ipv4', value: 'attack' }
/** More of a stream is counted and not kept. */
const KEPT_CHARACTERS = 1_000_000

/** Calls one hook of a version, about the value "attack" or with one message that has it. */
export async function askHook(
  runner: StartedRunner,
  version: ReturnType<typeof versionOf>,
  hook: AskedHook,
  context: Context,
  patienceMs: number,
): Promise<Seen> {
  const { hash } = version
  if (hook === 'fetchData') return seenOf(await ask(runner, hash, { value: 'attack', context, deadlineMs: patienceMs }))
  const options = { deadline: Date.now() + patienceMs }
  const whole = CallContext.fromPartial(context as never)
  const { client } = runner
  if (hook === 'backgroundTask')
    return seenOfStream(client.backgroundTask({ hash, context: whole }, runner.metadata(), options))
  if (hook === 'test')
    return seenOfStream(client.test({ version, indicator: INDICATOR, context: whole }, runner.metadata(), options))
  return new Promise((resolve) => {
    const messagesJson = [Buffer.from(JSON.stringify({ value: 'attack' }))]
    client.receive({ hash, context: whole, messagesJson }, runner.metadata(), options, (error, answer) =>
      resolve(error ? seenOfError(error) : { ending: 'harmless', text: JSON.stringify(answer) }),
    )
  })
}

function seenOf(answer: Answer): Seen {
  if (answer.ok)
    return { ending: 'harmless', text: JSON.stringify([answer.result, answer.report, answer.trailer.getMap()]) }
  // The client's own deadline came first: never a contained end.
  return { ending: answer.reason || 'no word of the runner', text: JSON.stringify(answer.failure) }
}

function seenOfError(error: ServiceError): Seen {
  return seenOf(failed(error))
}

/** A test's failure comes as its last event. */
function seenOfStream(
  stream: ClientReadableStream<{ event?: { $case: string; value: unknown } | undefined }>,
): Promise<Seen> {
  return new Promise((resolve) => {
    let text = ''
    let ending = 'harmless'
    stream.on('data', ({ event }) => {
      if (text.length < KEPT_CHARACTERS) text += JSON.stringify(event, (_, value: unknown) => textOfBytes(value))
      const outcome = event?.$case === 'outcome' ? (event.value as { outcome?: { $case: string } }).outcome : undefined
      if (outcome?.$case === 'failure') ending = 'failed test'
    })
    stream.on('error', (error: ServiceError) => {
      const seen = seenOfError(error)
      resolve({ ending: seen.ending, text: text + seen.text })
    })
    stream.on('end', () => resolve({ ending, text }))
  })
}

function textOfBytes(value: unknown): unknown {
  const bytes = value as { type?: string; data?: number[] } | null
  return bytes?.type === 'Buffer' ? Buffer.from(bytes.data ?? []).toString() : value
}
