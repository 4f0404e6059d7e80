import { expect } from 'vitest'
import type { Product } from '../../support/product.ts'

type Schema = {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  anyOf?: Schema[]
  enum?: string[]
}
type Described = {
  operationId: string
  'x-permission': string
  'x-held': string
  parameters?: { name: string; in: string }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}

/** One operation of /openapi.json. */
export type Operation = {
  id: string
  method: string
  /** With its parameters in braces. */
  path: string
  permission: string
  /** Where the permission has to be held: everywhere or somewhere. */
  held: string
  /** Names of the parameters in the path. */
  params: string[]
  /** The fields of its JSON body with their types, or null when it takes none. */
  fields: Record<string, Schema> | null
}

/** Every operation that the product itself describes: the tests cannot forget one. */
export async function readOperations(product: Product): Promise<Operation[]> {
  const document = (await (await fetch(`${product.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Described>>
    components: { schemas: Record<string, Schema> }
  }
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)!]! : schema
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const body = described.requestBody?.content['application/json']
      return {
        id: described.operationId,
        method: method.toUpperCase(),
        path,
        permission: described['x-permission'],
        held: described['x-held'],
        params: (described.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name),
        fields: body ? (resolve(body.schema).properties ?? {}) : null,
      }
    }),
  )
}

export type Problem = {
  status: number
  code: string
  detail: string
  traceId: string
  errors?: { path: string; message: string; fix?: string }[]
}

/** Words that only our inside knows: files, stacks, SQL, libraries. */
const inside =
  /node_modules|\.ts:\d|\bat \w+.*\(|\bselect \w+|insert into|postgres|sqlstate|\bzod\b|hono|ECONN|undefined|\[object /i

/** An answer that refuses as RFC 9457 and our conventions say, and tells nothing of our inside. */
export async function expectProblem(answer: Response, hint: string): Promise<Problem> {
  const text = await answer.text()
  const told = `${hint}: ${answer.status} ${text.slice(0, 400)}`
  expect(answer.status, told).toBeGreaterThanOrEqual(400)
  expect(answer.status, told).toBeLessThan(500)
  expect(answer.headers.get('content-type'), told).toBe('application/problem+json')
  const problem = JSON.parse(text) as Problem
  expect(problem.status, told).toBe(answer.status)
  expect(problem.code, told).toMatch(/^[a-z-]+$/)
  expect(problem.detail, told).toMatch(/\S/)
  expect(problem.traceId, told).toMatch(/^[0-9a-f]{32}$/)
  expect(answer.headers.get('x-trace-id'), told).toBe(problem.traceId)
  expect(text, told).not.toMatch(inside)
  if (answer.status === 422) expect(problem.errors?.length, told).toBeGreaterThan(0)
  for (const field of problem.errors ?? []) {
    expect(field.path, told).toMatch(/\S/)
    expect(field.message, told).toMatch(/\S/)
    expect(field.fix, told).toMatch(/\S/)
  }
  return problem
}

/** Either an answer of success or a proper refusal; never a failure of ours. */
export async function expectNoFailure(answer: Response, hint: string): Promise<void> {
  if (answer.status >= 400) await expectProblem(answer, hint)
  else await answer.body?.cancel()
}
