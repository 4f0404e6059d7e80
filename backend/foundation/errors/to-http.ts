import { trace } from '@opentelemetry/api'
import { HTTPException } from 'hono/http-exception'
import { AppError } from './app-error.ts'
import type { ErrorCode } from './codes.ts'

/** The body of every error answer: RFC 9457 with a code, the trace id, and the fields that are wrong. */
export type Problem = {
  type: string
  title: string
  status: number
  code: ErrorCode
  detail: string
  traceId: string
  errors?: { path: string; message: string; fix?: string }[]
  help?: { label: string; href: string }
  retryAfterSeconds?: number
}

const titles: Record<ErrorCode, string> = {
  malformed: 'The request cannot be read',
  'openid-answer': "The provider's answer cannot be trusted",
  'openid-expired': 'This sign-in is over',
  'openid-redirect': 'The provider refuses our redirect URI',
  'openid-stopped': 'The provider ended the sign-in',
  unauthenticated: 'Sign in first',
  'token-expired': 'The API token has expired',
  'token-revoked': 'The API token was revoked',
  'token-unknown': 'The API token is not known',
  forbidden: 'Your role does not allow this',
  'out-of-scope': 'The API token lacks a scope',
  'user-disabled': 'The account is disabled',
  'openid-claim': 'The provider did not send a claim that is needed',
  'openid-link': 'The e-mail belongs to another user',
  'openid-no-access': 'No access by this provider',
  'not-found': 'Not found',
  'method-not-allowed': 'Method not allowed',
  conflict: 'It conflicts with what is there',
  gone: 'It is no longer available',
  'precondition-failed': 'It was changed meanwhile',
  'too-large': 'The request is too large',
  'unsupported-media-type': 'Unsupported media type',
  'invalid-input': 'The input is not valid',
  'rate-limited': 'Too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'Not available at the moment',
  'openid-issuer': 'The sign-in provider cannot be used',
  timeout: 'It took too long',
}

/** Turns any thrown value into a problem answer. Unknown failures become `internal` and say nothing of their inside. */
export function toHttp(error: unknown): Response {
  const known = toAppError(error)
  const problem = toProblem(known)
  const headers = new Headers({ 'content-type': 'application/problem+json', ...known.extra.headers })
  if (problem.retryAfterSeconds !== undefined) headers.set('retry-after', String(problem.retryAfterSeconds))
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

/** The failure as an {@link AppError}: database outages are `unavailable`, what nobody foresaw is `internal`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof HTTPException) return fromHttpException(error)
  if (isDatabaseOutage(error)) {
    return new AppError('unavailable', 'The database does not answer. Nothing was lost; try again in a moment.', {
      retryAfterMs: 2_000,
      cause: error,
    })
  }
  if (isUnstorableText(error)) {
    const fields = [
      { path: 'body', message: 'holds a NUL character', fix: 'Remove the character U+0000 from every text.' },
    ]
    return new AppError('invalid-input', 'A text holds a NUL character, which cannot be stored.', {
      fields,
      cause: error,
    })
  }
  return new AppError('internal', 'An unexpected error occurred. Give the trace id to your administrator.', {
    cause: error,
  })
}

export function toProblem(error: AppError): Problem {
  const { fields, help, retryAfterMs } = error.extra
  return {
    type: `https://indag.dev/problems/${error.code}`,
    title: titles[error.code],
    status: error.status,
    code: error.code,
    detail: error.message,
    traceId: trace.getActiveSpan()?.spanContext().traceId ?? '',
    ...(fields && fields.length > 0 ? { errors: fields } : {}),
    ...(help ? { help } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) }),
  }
}

function fromHttpException(error: HTTPException): AppError {
  const detail = error.message || 'The request cannot be read.'
  if (error.status === 413) return new AppError('too-large', detail, { cause: error })
  if (error.status >= 500) return new AppError('internal', 'An unexpected error occurred.', { cause: error })
  if (error.status === 415) {
    const fields = [
      {
        path: 'header.content-type',
        message: 'is not one that is read here',
        fix: 'Send "Content-Type: application/json".',
      },
    ]
    return new AppError('unsupported-media-type', 'The body is of a type that is not read here.', {
      fields,
      cause: error,
    })
  }
  const fields = [{ path: 'body', message: 'cannot be read', fix: 'Send JSON as /openapi.json describes it.' }]
  return new AppError('malformed', detail, { fields, cause: error })
}

/** PostgreSQL's text holds no NUL: what came with one is the caller's mistake, whatever field it was in. */
const unstorableCodes = new Set(['22021', '22P05'])

function isUnstorableText(error: unknown): boolean {
  return error instanceof Error && 'code' in error && unstorableCodes.has(String(error.code))
}

const outageCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08003',
  '53300',
])

/** Whether a failure of postgres.js says that the server is away or going down, rather than that a query is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && outageCodes.has(String(error.code))
}
