import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RequestView } from '../../../../backend/app/api.ts'
import { startProduct, type Product } from '../../../support/product.ts'
import { json, startProvider, type Provider } from '../../../support/provider.ts'

let product: Product
let virustotal: Provider
let [company, team, other] = ['', '', '']

beforeAll(async () => {
  virustotal = await startProvider()
  virustotal.answer((_call, response) => json(response, { error: { code: 'NotFoundError' } }, 404))
  product = await startProduct({
    runners: { javascript: 1, python: 0 },
    runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: new URL(virustotal.url).host },
  })
  const make = async (name: string, parentId?: string): Promise<string> =>
    ((await called('/api/v1/organizations', { json: { name, parentId } })) as { id: string }).id
  company = await make('Company')
  team = await make('Team', company)
  other = await make('Other')
  await called('/api/v1/sources/virustotal', { method: 'PATCH', json: { config: { baseUrl: virustotal.url } } })
  for (const [place, value] of [
    [company, 'key-of-company'],
    [other, 'key-of-other'],
  ])
    await called(`/api/v1/sources/virustotal/secrets/apiKey?organization=${place}`, {
      method: 'PUT',
      json: { value, test: false },
    })
}, 120_000)
afterAll(async () => {
  await product?.stop()
  await virustotal?.stop()
})
beforeEach(() => {
  virustotal.calls.length = 0
})

async function called(path: string, init: Parameters<Product['api']>[1]): Promise<unknown> {
  const answer = await product.api(path, init)
  expect(answer.ok, `${path}: ${await answer.clone().text()}`).toBe(true)
  return answer.json()
}

let last = 0
/** The states of rows about addresses that nobody asked about before. */
async function ask(organizationId: string | undefined, count: number): Promise<RequestView['indicators'][0]['rows']> {
  const indicators = Array.from({ length: count }, () => `45.83.64.${(last += 1)}`)
  const shared = { sources: ['virustotal'], wait: true, overQuota: 'skip', tlp: 'CLEAR', pap: 'CLEAR' }
  const view = (await called('/api/v1/requests', { json: { ...shared, indicators, organizationId } })) as RequestView
  return view.indicators.map(({ rows }) => rows[0]!)
}
const states = async (place: string | undefined, count: number) => (await ask(place, count)).map((row) => row.state)
const keysSeen = () => virustotal.calls.map((call) => call.headers['x-apikey'])

test('the root, which has no key, is told so: nobody lends upwards', async () => {
  expect(await ask(undefined, 1)).toMatchObject([{ state: 'skipped', reason: { code: 'secret-missing' } }])
  expect(virustotal.calls).toEqual([])
})

test('a request is asked with the key of its organization, or with that of the nearest one above', async () => {
  expect(await states(team, 1)).toEqual(['not-found'])
  expect(await states(other, 1)).toEqual(['not-found'])
  expect(keysSeen()).toEqual(['key-of-company', 'key-of-other'])
})

test('organizations with keys of their own count apart, and what one lends counts for it', async () => {
  // Four a minute, one of which each has used above.
  expect(await states(team, 3)).toEqual(['not-found', 'not-found', 'not-found'])
  expect(await ask(company, 1)).toMatchObject([{ state: 'skipped', reason: { code: 'quota-exhausted' } }])
  expect(await ask(team, 1)).toMatchObject([{ state: 'skipped', reason: { code: 'quota-exhausted' } }])
  expect(await states(other, 3)).toEqual(['not-found', 'not-found', 'not-found'])
  expect(keysSeen()).toEqual([...Array<string>(3).fill('key-of-company'), ...Array<string>(3).fill('key-of-other')])
})

test('what is ignored in an organization is not asked there and below, and is asked elsewhere', async () => {
  const value = '203.0.114.7'
  await called(`/api/v1/ignore-lists?organization=${company}`, {
    json: { scope: 'global', match: 'exact', value, reason: 'ours' },
  })
  const preview = async (organizationId: string) =>
    (
      (await called('/api/v1/requests/preview', {
        json: { indicators: [value], sources: ['virustotal'], tlp: 'CLEAR', pap: 'CLEAR', organizationId },
      })) as { sources: { willAsk: number; skipped: { code: string }[] }[] }
    ).sources[0]
  for (const place of [company, team])
    expect(await preview(place)).toMatchObject({ willAsk: 0, skipped: [{ code: 'ignored' }] })
  expect(await preview(other)).toMatchObject({ willAsk: 1 })
})
