import type { Product } from '../../support/product.ts'

/** The part of JSON Schema that our document uses. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  nullable?: boolean
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  pattern?: string
  format?: string
}

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }

export type Operation = {
  id: string
  method: string
  path: string
  /** What a caller has to hold: `public`, `signed-in` or a permission. */
  permission: string
  parameters: Parameter[]
  body: Schema | null
  /** The schema of each declared status, null where an answer has no JSON body. `default` is for all others. */
  answers: Map<string, { schema: Schema | null; type: string | null }>
}

export type ApiDocument = { operations: Operation[]; resolve(schema: Schema): Schema }

type Raw = {
  operationId: string
  'x-permission': string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

/** The served /openapi.json: what is not in it is not fuzzed, what is in it cannot be forgotten. */
export async function readDocument(product: Product): Promise<ApiDocument> {
  const document = (await (await fetch(`${product.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Raw>>
    components: { schemas: Record<string, Schema> }
  }
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? resolve(document.components.schemas[schema.$ref.split('/').at(-1)!]!) : schema
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => ({
      id: raw.operationId,
      method: method.toUpperCase(),
      path,
      permission: raw['x-permission'],
      parameters: raw.parameters ?? [],
      body: raw.requestBody?.content['application/json']?.schema ?? null,
      answers: new Map(
        Object.entries(raw.responses).map(([status, { content }]) => {
          const [type, media] = Object.entries(content ?? {})[0] ?? [null, null]
          return [status, { type, schema: type === 'application/json' ? (media?.schema ?? null) : null }]
        }),
      ),
    })),
  )
  return { operations, resolve }
}
