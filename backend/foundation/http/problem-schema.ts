import { z } from '@hono/zod-openapi'
import type { Problem } from '../errors/to-http.ts'

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string() as z.ZodType<Problem['code']>,
    detail: z.string(),
    traceId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string(), fix: z.string().optional() })).optional(),
    help: z.object({ label: z.string(), href: z.string() }).optional(),
    retryAfterSeconds: z.number().int().optional(),
  })
  .openapi('Problem')

/** The error answers of a route for the OpenAPI document: `problemResponses(404, 422)`. */
export function problemResponses<const S extends number>(...statuses: S[]) {
  const answer = {
    description: 'What went wrong and the fix',
    content: { 'application/problem+json': { schema: problemSchema } },
  }
  return Object.fromEntries(statuses.map((status) => [status, answer])) as Record<S, typeof answer>
}

/** A JSON answer of a route for the OpenAPI document. */
export function jsonResponse<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}
