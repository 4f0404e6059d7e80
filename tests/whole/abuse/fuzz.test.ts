import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct, type Product } from '../../support/product.ts'
import { readDocument, type ApiDocument, type Operation } from './api-document.ts'
import { arbitraryRequest, type OddRequest } from './arbitrary-request.ts'
import { schemaFaults } from './schema-faults.ts'
import { asCurl, sendRaw, type RawAnswer } from './send-raw.ts'

/** INDAG_FUZZ_SEED repeats a run; INDAG_FUZZ_RUNS asks each operation more often, as each caller. */
const seed = Number(process.env['INDAG_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const runs = Number(process.env['INDAG_FUZZ_RUNS'] ?? 12)

let product: Product
let document: ApiDocument
let callers: Record<'admin' | 'viewer' | 'anonymous', Record<string, string>>

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 } })
  document = await readDocument(product)
  callers = { admin: await tokenOf('super-admin'), viewer: await tokenOf('viewer'), anonymous: {} }
}, 120_000)

afterAll(() => product?.stop())

/** Of a service account: what the fuzz does to tokens and sessions of people does not end its own. */
async function tokenOf(role: string): Promise<Record<string, string>> {
  const scopes = ((await (await product.api('/api/v1/me')).json()) as { scopes: string[] }).scopes
  const own =
    role === 'viewer' ? scopes.filter((scope) => /^(requests|sources:read|organizations:read)/.test(scope)) : scopes
  const make = async (path: string, json: object) => {
    const answer = await product.api(path, { json })
    expect(answer.status, await answer.clone().text()).toBe(201)
    return (await answer.json()) as { id: string; token: string }
  }
  const { id } = await make('/api/v1/service-accounts', { name: `fuzz ${role}`, role })
  const { token } = await make(`/api/v1/service-accounts/${id}/api-tokens`, { name: 'fuzz', scopes: own })
  return { authorization: `Bearer ${token}` }
}

/** Why an answer is not as we promise; empty when it is. */
function faultsOf({ operation, method }: OddRequest, { status, headers, text }: RawAnswer): string[] {
  if (status >= 500) return [`failed with ${status}: ${text.slice(0, 300)}`]
  if (method === 'HEAD') return []
  if (status >= 400) return problemFaults(status, String(headers['content-type']), text)
  const declared = method === operation.method ? operation.answers.get(String(status)) : undefined
  if (method === operation.method && !declared) return [`the status ${status} is not declared`]
  if (!declared?.schema) return []
  return schemaFaults(document, declared.schema, JSON.parse(text))
}

function problemFaults(status: number, type: string, text: string): string[] {
  if (type !== 'application/problem+json') return [`${status} is of type ${type}: ${text.slice(0, 200)}`]
  const problem = JSON.parse(text) as { status: number; code: string; traceId: string; detail: string }
  return [
    ...(problem.status === status ? [] : [`says ${problem.status} in an answer of ${status}`]),
    ...(/^[a-z-]+$/.test(problem.code) ? [] : ['has no code']),
    ...(/^[0-9a-f]{32}$/.test(problem.traceId) ? [] : [`has no trace id: ${problem.traceId}`]),
    ...(/\S/.test(problem.detail) ? [] : ['has no detail']),
  ]
}

async function tryOne(caller: Record<string, string>, odd: OddRequest): Promise<void> {
  const sent = { ...odd, headers: { ...odd.headers, ...caller } }
  const answer = await sendRaw(product.url, sent)
  const faults = faultsOf(odd, answer)
  if (faults.length === 0) return
  const told = faults.slice(0, 5).join('\n  ')
  throw new Error(
    `${odd.operation.id}, ${odd.about}:\n  ${told}\nseed ${seed}; as ${odd.method}:\n${asCurl(product.url, odd)}`,
  )
}

/** What ends the fuzz's own standing, or waits for ever by design, is asked by hand elsewhere. */
const letBe = new Set<string>(['completeSetup'])

describe(`every operation, asked oddly (INDAG_FUZZ_SEED=${seed})`, () => {
  for (const name of ['admin', 'viewer', 'anonymous'] as const) {
    test(`as ${name}: no failure, every refusal a problem, every answer as the document says`, async () => {
      const operations = document.operations.filter((operation) => !letBe.has(operation.id))
      expect(operations.length).toBeGreaterThan(40)
      const faults: string[] = []
      for (const operation of operations) {
        const found = await fc.check(
          fc.asyncProperty(arbitraryRequest(document, operation), (odd) => tryOne(callers[name], odd)),
          { seed, numRuns: name === 'anonymous' ? Math.ceil(runs / 3) : runs, endOnFailure: true },
        )
        if (found.failed) faults.push(String((found.errorInstance as Error | null)?.message))
      }
      expect(faults.join('\n\n')).toBe('')
    }, 600_000)
  }

  test('the server is alive afterwards, and its log has no unexpected error', async () => {
    expect((await product.api('/api/v1/me')).status).toBe(200)
    expect((await fetch(`${product.url}/readyz`)).status).toBe(200)
    const bad = product.backends[0]!.output.filter((line) =>
      /"level":"?(50|60|error|fatal)|unforeseen|Unhandled/.test(line),
    )
    expect(bad.slice(0, 3).join('\n')).toBe('')
  })
})

describe('outside the operations', () => {
  test.each([
    ['GET', '/api/v1/no-such-thing', 404],
    ['GET', '/api/v2', 404],
    ['POST', '/auth/nothing', 404],
    ['DELETE', '/api/v1/requests', 405],
    ['PROPFIND', '/api/v1/requests', 405],
    ['POST', '/livez', 404],
    ['PUT', '/openapi.json', 404],
    ['POST', '/no-such-page', 404],
  ])('%s %s is a problem with %i', async (method, path, status) => {
    const operation = { id: path, method, path, parameters: [], body: null, answers: new Map() } as Operation
    const odd = { operation, method, path, headers: callers.admin, body: undefined, about: 'no operation' }
    const answer = await sendRaw(product.url, odd)
    expect(answer.status).toBe(status)
    expect(problemFaults(status, String(answer.headers['content-type']), answer.text)).toEqual([])
  })
})
