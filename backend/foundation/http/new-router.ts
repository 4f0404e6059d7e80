import { OpenAPIHono, type Hook, type z } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { AppError, type FieldError } from '../errors/app-error.ts'
import { toHttp } from '../errors/to-http.ts'

type Issue = z.core.$ZodIssue

const rejectInvalid: Hook<unknown, Env, string, unknown> = (result) => {
  if (result.success) return
  const fields = result.error.issues.flatMap((issue) => toFields(issue as Issue, result.target))
  const first = fields[0]
  const detail = first ? `${first.path}: ${first.message}` : 'The input is not valid.'
  return toHttp(new AppError('invalid-input', detail, { fields }))
}

/** A router whose invalid input becomes problem+json that names each field and the fix. */
export function newRouter<E extends Env = Env>(): OpenAPIHono<E> {
  const router = new OpenAPIHono<E>({ defaultHook: rejectInvalid as unknown as Hook<unknown, E, string, unknown> })
  return router
}

function toFields(issue: Issue, target: string): FieldError[] {
  const path = issue.path.map(String).join('.')
  const where = target === 'json' ? path : [target, path].filter(Boolean).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [where, key].filter(Boolean).join('.'),
      message: 'is not a known field',
      fix: 'Remove it, or check its spelling against /openapi.json.',
    }))
  }
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
  const message = missing ? 'is missing' : issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
  return [{ path: where || 'body', message, fix: fixOf(issue) }]
}

/** What to do about it, in one sentence. */
function fixOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Give a value of type ${issue.expected}.`
    case 'too_big':
      return `Give at most ${issue.maximum}.`
    case 'too_small':
      return `Give at least ${issue.minimum}.`
    case 'invalid_value':
      return `Use one of: ${issue.values.map(String).join(', ')}.`
    case 'invalid_format':
      return `Give it in the form ${issue.format}.`
    default:
      return 'See /openapi.json for what is expected.'
  }
}
