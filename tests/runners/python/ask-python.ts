import { createHash } from 'node:crypto'
import type { ServiceError } from '@grpc/grpc-js'
import { Status } from '@indag/proto/google/rpc/status.ts'
import { Failure, FetchDataRequest, SourceVersion, failure_ReasonToJSON } from '@indag/proto/runner/v1/runner.ts'
import type { CallContext, DeepPartial, FetchDataResponse, UpdateResponse } from '@indag/proto/runner/v1/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'

export type Asked = {
  context?: DeepPartial<CallContext>
  indicator?: { kind: string; value: string }
  requirements?: string[]
  deadlineMs?: number
  /** Gets the means to cancel the call. */
  onStart?(cancel: () => void): void
}

/** What a call came to, in words that a test can compare. `reason` without its prefix: "EXCEPTION". */
export type Answer =
  | { outcome: 'found'; result: Record<string, unknown>; logs: string[] }
  | { outcome: 'not found' }
  | {
      outcome: 'failed'
      code: number
      reason: string
      message: string
      line: number
      column: number
      retryAfterMs: number
    }

export function pythonVersion(code: string, requirements: string[] = []): SourceVersion {
  const hash = createHash('sha256')
    .update(`python\n${requirements.join(',')}\n${code}`)
    .digest('hex')
  return SourceVersion.fromPartial({
    hash,
    language: 'python',
    code,
    requirements,
    sourceId: `source-${hash.slice(0, 8)}`,
  })
}

export function update(runner: StartedRunner, version: SourceVersion): Promise<UpdateResponse> {
  return new Promise((resolve, reject) => {
    runner.client.update({ version }, runner.metadata(), (error, answer) => (error ? reject(error) : resolve(answer)))
  })
}

/** Pushes the code and asks it about one indicator. */
export async function ask(runner: StartedRunner, code: string, asked: Asked = {}): Promise<Answer> {
  const version = pythonVersion(code, asked.requirements)
  const pushed = await update(runner, version)
  const [error] = pushed.diagnostics.filter((item) => item.severity === 1)
  if (error) throw new Error(`The code does not compile: ${error.message} (line ${error.line})`)
  return fetchData(runner, version, asked)
}

/** Asks without pushing. */
export function fetchData(runner: StartedRunner, version: SourceVersion, asked: Asked = {}): Promise<Answer> {
  const { indicator = { kind: 'ipv4', value: '192.0.2.1' }, deadlineMs = 20_000 } = asked
  const context = { sourceId: version.sourceId, trustDomain: 'tests', ...asked.context }
  const request = FetchDataRequest.fromPartial({ hash: version.hash, indicator, context })
  return new Promise((resolve) => {
    const options = { deadline: Date.now() + deadlineMs }
    const call = runner.client.fetchData(request, runner.metadata(), options, (error, response) =>
      resolve(error ? failed(error) : succeeded(response)),
    )
    asked.onStart?.(() => call.cancel())
  })
}

function succeeded(response: FetchDataResponse): Answer {
  if (response.outcome?.$case !== 'resultJson') return { outcome: 'not found' }
  const logs = response.report?.logs.map((line) => line.message) ?? []
  return { outcome: 'found', result: JSON.parse(response.outcome.value.toString()) as Record<string, unknown>, logs }
}

function failed(error: ServiceError): Answer {
  const [details] = error.metadata.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(details))
    return {
      outcome: 'failed',
      code: error.code,
      reason: 'NONE',
      message: error.details,
      line: 0,
      column: 0,
      retryAfterMs: 0,
    }
  const any = Status.decode(details).details[0]
  const { reason, message, line, column, retryAfterMs } = Failure.decode(any?.value ?? Buffer.alloc(0))
  const word = failure_ReasonToJSON(reason).replace('REASON_', '')
  return {
    outcome: 'failed',
    code: error.code,
    reason: word,
    message,
    line,
    column,
    retryAfterMs: Number(retryAfterMs),
  }
}
