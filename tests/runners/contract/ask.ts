import type { Metadata, ServiceError } from '@grpc/grpc-js'
import { Status } from '@indag/proto/google/rpc/status.ts'
import { CallContext, Failure, Failure_Reason } from '@indag/proto/runner/v1/runner.ts'
import type { Report } from '@indag/proto/runner/v1/runner.ts'
import { hashOf } from '../../../runners/contract/server/versions.ts'
import type { StartedRunner } from '../../support/runner.ts'

export type Answer =
  | { ok: true; result: Record<string, unknown> | null; report: Report; trailer: Metadata }
  | { ok: false; code: number; reason: string; failure: Failure }
export type Context = Partial<CallContext>

/** A version as the backend would push it. */
export function versionOf(code: string, language = 'javascript') {
  const version = { language, requirements: [], code, hash: '', sourceId: 'a-source' }
  return { ...version, hash: hashOf(version) }
}

/** Pushes code and gives its hash; throws when it does not compile. */
export async function publish(runner: StartedRunner, code: string, language = 'javascript'): Promise<string> {
  const version = versionOf(code, language)
  const { diagnostics } = await update(runner, version)
  if (diagnostics.length > 0) throw new Error(`does not compile: ${JSON.stringify(diagnostics)}`)
  return version.hash
}

export function update(runner: StartedRunner, version: ReturnType<typeof versionOf>) {
  return new Promise<{ diagnostics: { message: string; line: number; column: number }[]; hooks: string[] }>(
    (resolve, reject) => {
      runner.client.update({ version }, runner.metadata(), (error, answer) => (error ? reject(error) : resolve(answer)))
    },
  )
}

export type AskOptions = {
  value?: string
  context?: Context
  deadlineMs?: number
  extra?: Record<string, string>
  signal?: AbortSignal
}

/** One FetchData call; a failure is decoded from the status details. */
export function ask(runner: StartedRunner, hash: string, options: AskOptions = {}): Promise<Answer> {
  const { value = '1.1.1.1', context = {}, deadlineMs, extra, signal } = options
  const request = { hash, indicator: { kind: 'ipv4', value }, context: CallContext.fromPartial(context as never) }
  return new Promise((resolve) => {
    let trailer: Metadata
    let settled: ((metadata: Metadata) => void) | undefined
    const callOptions = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs }
    const call = runner.client.fetchData(request, runner.metadata(extra), callOptions, (error, answer) => {
      if (error) return resolve(failed(error))
      const result = answer.outcome?.$case === 'resultJson' ? JSON.parse(answer.outcome.value.toString()) : null
      const finish = (metadata: Metadata) =>
        resolve({ ok: true, result, report: answer.report as Report, trailer: metadata })
      if (trailer) finish(trailer)
      else settled = finish
    })
    call.on('status', (status) => {
      trailer = status.metadata
      settled?.(trailer)
    })
    signal?.addEventListener('abort', () => call.cancel())
  })
}

/** Publishes and asks in one go. */
export async function run(runner: StartedRunner, code: string, options: AskOptions = {}): Promise<Answer> {
  return ask(runner, await publish(runner, code), options)
}

export function failed(error: ServiceError): Answer & { ok: false } {
  const details = error.metadata?.get('grpc-status-details-bin')[0]
  const any = Buffer.isBuffer(details) ? Status.decode(details).details[0] : undefined
  const failure = any ? Failure.decode(any.value) : Failure.fromPartial({ message: error.message })
  const name = Object.entries(Failure_Reason).find(([, number]) => number === failure.reason)?.[0] ?? ''
  return {
    ok: false,
    code: error.code,
    reason: name.replace('REASON_', '').toLowerCase().replaceAll('_', '-'),
    failure,
  }
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
