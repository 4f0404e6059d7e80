import { CliError, exit } from '../exit.ts'
import type { Settings } from '../settings.ts'
import { printable } from '../terminal/printable.ts'
import type { Problem } from './shapes.ts'

export type Send = { body?: unknown; text?: { type: string; content: string }; signal?: AbortSignal }

export type Api = {
  url: string
  /** The JSON of the answer. Fails with a CliError that names the next command. */
  ask<T>(method: string, path: string, send?: Send): Promise<T>
  /** The lines of a long answer, as they come. Fails as `ask` does. */
  lines(path: string): AsyncGenerator<string>
}

/** Nobody answered, or a proxy said that nobody does: worth asking again. */
export class Unreachable extends CliError {}

export function openApi({ url, token }: Settings): Api {
  return {
    url,
    async ask<T>(method: string, path: string, send: Send = {}): Promise<T> {
      const response = await reach(url, path, { method, ...shape(send, token) })
      const text = await response.text()
      if (response.ok) return (text === '' ? undefined : parse(text, url)) as T
      throw refusal(response.status, text, { url, path, sentToken: token !== undefined })
    },
    async *lines(path) {
      const response = await reach(url, path, { method: 'GET', ...shape({}, token) })
      if (!response.ok) {
        throw refusal(response.status, await response.text(), { url, path, sentToken: token !== undefined })
      }
      let rest = ''
      for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const lines = (rest + piece).split('\n')
        rest = lines.pop() ?? ''
        yield* lines
      }
      if (rest !== '') yield rest
    },
  }
}

function shape({ body, text, signal }: Send, token: string | undefined): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (text !== undefined) headers['content-type'] = text.type
  const content = text?.content ?? (body === undefined ? undefined : JSON.stringify(body))
  return {
    headers,
    redirect: 'error',
    ...(content === undefined ? {} : { body: content }),
    ...(signal ? { signal } : {}),
  }
}

async function reach(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url + path, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? ('code' in cause && String(cause.code)) || cause.message : String(cause)
    throw new Unreachable(
      exit.error,
      `Cannot reach ${url} (${why}).`,
      'npm start   (in the clone), or export INDAG_URL=<where your server is>',
    )
  }
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CliError(
      exit.error,
      `${url} answers, but not as an Indag server.`,
      'export INDAG_URL=<where your server is>',
    )
  }
}

type Asked = { url: string; path: string; sentToken: boolean }

function refusal(status: number, text: string, { url, path, sentToken }: Asked): CliError {
  const problem = problemIn(text)
  if (!problem) {
    const message = `${url} answered with HTTP ${status}, which is not an answer of Indag.`
    const next = 'export INDAG_URL=<where your server is>'
    return status >= 502 ? new Unreachable(exit.error, message, next) : new CliError(exit.error, message, next)
  }
  const detail = printable(describe(problem))
  if (status === 401) {
    return new CliError(exit.notSignedIn, sentToken ? detail : `You are not signed in at ${url}.`, 'indag login')
  }
  if (problem.code === 'out-of-scope')
    return new CliError(exit.error, detail, 'indag login   (with a token that has the scope)')
  if (status === 503) return new Unreachable(exit.error, detail, `curl ${url}/readyz   (says what is down)`)
  if (problem.retryAfterSeconds) return new CliError(exit.error, detail, `try again in ${problem.retryAfterSeconds} s`)
  return new CliError(exit.error, detail, namesSource(problem, path) ? 'indag sources list' : undefined)
}

/** Whether the server did not know a source that was named. */
function namesSource({ code, errors = [] }: Problem, path: string): boolean {
  return (
    (code === 'not-found' && path.startsWith('/api/v1/sources/')) ||
    errors.some((field) => field.path.startsWith('sources'))
  )
}

function problemIn(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as Partial<Problem>
    return typeof value.code === 'string' && typeof value.detail === 'string' ? (value as Problem) : undefined
  } catch {
    return undefined
  }
}

function describe(problem: Problem): string {
  const fields = (problem.errors ?? []).map(sentenceOf)
  const trace = problem.status >= 500 && problem.traceId ? ` (trace ${problem.traceId})` : ''
  if (fields.length === 1) return `${fields[0]}${trace}`
  return [`${problem.detail}${trace}`, ...fields.map((field) => `  ${field}`)].join('\n')
}

function sentenceOf({ path, message, fix }: NonNullable<Problem['errors']>[number]): string {
  return `${path}: ${message.replace(/\.$/, '')}.${fix ? ` ${fix}` : ''}`
}
