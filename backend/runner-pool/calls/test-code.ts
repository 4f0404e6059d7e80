import type { ServiceError } from '@grpc/grpc-js'
import type { TestResponse } from '@indag/proto/runner/v1/runner.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { callMetadata } from '../connection/open-channel.ts'
import { classify, graceMs, withinTime } from './attempt-call.ts'
import type { TestEvent, TestRequest } from './call.ts'
import { nextStep } from './next-step.ts'
import { readFailure } from './read-failure.ts'
import { readDiagnostic, readLog } from './read-report.ts'

/** Runs unsaved code once on this runner and tells what happens. The last event is the outcome. Never throws. */
export async function* testCode(
  endpoint: Endpoint,
  request: TestRequest,
  leftMs: number,
  token: string | undefined,
): AsyncGenerator<TestEvent> {
  const { version, indicator, signal } = request
  const context = withinTime(request.context, leftMs)
  const deadline = Date.now() + leftMs + graceMs
  const stream = endpoint.channel.runner.test({ version, indicator, context }, callMetadata(token, undefined), {
    deadline,
  })
  const onAbort = () => stream.cancel()
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) stream.cancel()
  try {
    for await (const response of stream as AsyncIterable<TestResponse>) {
      const event = readEvent(response)
      if (event) yield event
      if (event?.type === 'outcome') return
    }
    yield failed('crashed', 'The runner ended the test without an outcome.')
  } catch (error) {
    if (signal?.aborted) yield failed('cancelled', 'The test was cancelled.')
    else yield explain(error as ServiceError, endpoint)
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stream.cancel()
  }
}

function readEvent({ event }: TestResponse): TestEvent | undefined {
  switch (event?.$case) {
    case 'log':
      return { type: 'log', log: readLog(event.value) }
    case 'call':
      return { type: 'call', call: event.value }
    case 'diagnostic':
      return { type: 'diagnostic', diagnostic: readDiagnostic(event.value) }
    case 'outcome': {
      const { outcome, wallMs } = event.value
      if (outcome?.$case === 'failure')
        return { type: 'outcome', outcome: { ok: false, failure: readFailure(outcome.value) } }
      return {
        type: 'outcome',
        outcome: { ok: true, resultJson: outcome?.$case === 'resultJson' ? outcome.value : null, wallMs },
      }
    }
    default:
      return undefined
  }
}

function explain(error: ServiceError, endpoint: Endpoint): TestEvent {
  const progress = { retrySafe: false, runner: endpoint.address, retries: Infinity, pushes: Infinity, crashes: 0 }
  const step = nextStep(classify(error, endpoint.address), progress)
  if (step.do === 'finish' && !step.outcome.ok)
    return { type: 'outcome', outcome: { ok: false, failure: step.outcome.failure } }
  return failed('crashed', error.details)
}

function failed(reason: 'crashed' | 'cancelled', message: string): TestEvent {
  return { type: 'outcome', outcome: { ok: false, failure: { reason, message } } }
}
