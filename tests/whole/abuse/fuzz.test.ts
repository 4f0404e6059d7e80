import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct, type Product } from '../../support/product.ts'
import { readDocument, type ApiDocument, type Operation } from './api-document.ts'
import { arbitraryRequest, type OddRequest } from './arbitrary-request.ts'
import { plantTargets } from './plant-targets.ts'
import { schemaFaults } from './schema-faults.ts'
import { asCurl, sendRaw, type RawAnswer } from './send-raw.ts'
import { signIn } from './sign-in.ts'

/**
 * INDAG_FUZZ_SEED repeats a run; INDAG_FUZZ_RUNS asks each operation more often, as each caller.
 * CI asks the same each time, whoever develops something else each time.
 */
const usualSeed = process.env['CI'] ? 20_261_121 : Math.floor(Math.random() * 2 ** 31)
const seed = Number(process.env['INDAG_FUZZ_SEED'] ?? usualSeed)
const runs = Number(process.env['INDAG_FUZZ_RUNS'] ?? 20)

let product: Product
let document: ApiDocument
let callers: Record<'admin' | 'viewer' | 'browser' | 'anonymous', Record<string, string>>

beforeAll(async () => {
  // Whatever is asked of whichever source: no name leads out of this machine.
  const runnerEnv = { INDAG_RUNNER_DNS: '127.0.0.1:9' }
  // However fast this machine is: no attempt is refused for being one too many in its minute.
  const env = { INDAG_RATE_LIMITS: 'sign-in.address=0' }
  product = await startProduct({ runners: { javascript: 1, python: 0 }, env, runnerEnv })
  document = await readDocument(product)
  callers = {
    admin: await tokenOf('super-admin'),
    viewer: await tokenOf('viewer'),
    browser: { cookie: await signIn(product), origin: product.url },
    anonymous: {},
  }
  console.log(`INDAG_FUZZ_SEED=${seed} INDAG_FUZZ_RUNS=${runs} repeats this fuzz`)
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
  // The one failure that is not ours: another party's address is not there, and the operation says that it may be so.
  const away = status === 503 && operation.answers.has('503') && text.includes('"code":"openid-issuer"')
  if (status >= 500 && !away) return [`failed with ${status}: ${text.slice(0, 300)}`]
  if (method === 'HEAD') return []
  const declared =
    operation.answers.get(String(status)) ?? (status < 400 ? undefined : operation.answers.get('default'))
  const undeclared = method === operation.method && !declared ? [`the status ${status} is not declared`] : []
  if (status >= 400) return [...undeclared, ...problemFaults(status, String(headers['content-type']), text)]
  if (method !== operation.method || !declared?.schema) return undeclared
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

/** Fails when an answer is not as we promise, telling how to ask again. */
async function tryOne(caller: Record<string, string>, odd: OddRequest, reached: Set<string>): Promise<void> {
  const answer = await sendRaw(product.url, { ...odd, headers: { ...odd.headers, ...caller } }).catch(
    (error: Error) => error,
  )
  const faults = answer instanceof Error ? [`the answer cannot be read: ${answer.message}`] : faultsOf(odd, answer)
  if (answer instanceof Error || faults.length > 0) {
    const told = faults.slice(0, 5).join('\n  ')
    throw new Error(
      `${odd.operation.id}, ${odd.about}:\n  ${told}\nseed ${seed}; as ${odd.method}:\n${asCurl(product.url, odd)}`,
    )
  }
  if (answer.status < 300 && odd.method === odd.operation.method) reached.add(odd.operation.id)
}

type CallerName = keyof typeof callers

/** In a browser a person signs out, and all that comes after is anonymous: asked by hand elsewhere. */
const isAsked = (name: CallerName, { id }: Operation): boolean => name !== 'browser' || id !== 'signOut'

/** Asks every operation as one caller; the operations that took at least one request. */
async function askAll(name: CallerName, numRuns: number): Promise<Set<string>> {
  // What deletes comes last: the others find what they ask for.
  const operations = document.operations
    .filter((operation) => isAsked(name, operation))
    .toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
  expect(operations.length).toBeGreaterThan(60)
  const world = { document, targets: await plantTargets(product) }
  const reached = new Set<string>()
  const faults: string[] = []
  for (const operation of operations) {
    const found = await fc.check(
      fc.asyncProperty(arbitraryRequest(world, operation), (odd) => tryOne(callers[name], odd, reached)),
      { seed, numRuns, endOnFailure: true },
    )
    if (found.failed) faults.push(String((found.errorInstance as Error | null)?.message))
  }
  expect(faults.join('\n\n')).toBe('')
  return reached
}

const few = Math.ceil(runs / 3)
describe(`every operation, asked oddly (INDAG_FUZZ_SEED=${seed}): no failure, every refusal a problem, every answer as the document says`, () => {
  test('as an administrator, to whom most of them answer', async () => {
    expect((await askAll('admin', runs)).size).toBeGreaterThan(40)
  }, 600_000)

  test('as a viewer', async () => {
    const reached = await askAll('viewer', runs)
    expect([...reached]).toContain('listRequests')
  }, 600_000)

  test('as a person in a browser', async () => {
    expect([...(await askAll('browser', few))]).toContain('listSessions')
  }, 600_000)

  test('as nobody, to whom only what is public answers', async () => {
    const reached = await askAll('anonymous', few)
    const guarded = document.operations.filter((one) => one.permission !== 'public' && reached.has(one.id))
    expect(guarded.map((one) => one.id)).toEqual([])
  }, 600_000)

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
    const answer = await sendRaw(product.url, { method, path, headers: callers.admin, body: undefined })
    expect(answer.status).toBe(status)
    expect(problemFaults(status, String(answer.headers['content-type']), answer.text)).toEqual([])
  })
})
