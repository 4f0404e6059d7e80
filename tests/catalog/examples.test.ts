import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBench, type Bench } from './ask-source.ts'
import { readSources, type Example, type TestedSource } from './catalog-sources.ts'

const sources = await readSources()
let bench: Bench
beforeAll(async () => void (bench = await startBench()))
afterAll(() => bench.stop())

describe.each(sources.map((source) => [source.slug, source] as const))('%s, through its real runner', (_, source) => {
  test.each(source.examples.map((example, at) => [`${at + 1}: ${example.indicator.value}`, example] as const))(
    'answers example %s as recorded',
    async (_name, example) => {
      await expectRecordedAnswer(source, example)
    },
  )
})

async function expectRecordedAnswer(source: TestedSource, example: Example): Promise<void> {
  bench.provider.behave({ exchanges: example.exchanges ?? [] })
  bench.dns.serve(example.dns ?? [])
  const answer = await bench.ask(source, example)
  expect(bench.provider.surprises).toEqual([])
  expect(bench.provider.requests).toHaveLength(example.exchanges?.length ?? 0)
  if (example.expected === null) return expect(answer).toEqual({ state: 'not-found' })
  if ('failure' in example.expected)
    return expect(answer).toMatchObject({ state: 'failed', ...(example.expected.failure as object) })
  if (answer.state !== 'found') return expect(answer).toEqual({ state: 'found', result: example.expected })
  const { raw: _raw, ...rest } = answer.result
  expect(rest).toEqual(example.expected)
}
