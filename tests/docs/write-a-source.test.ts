import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BackgroundTaskResponse } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCatalog } from '../../backend/sources/catalog/read-catalog.ts'
import { Connection, collect } from '../../runners/conformance/probe/connection.ts'
import { startBench, type Bench } from '../catalog/ask-source.ts'
import type { Example, TestedSource } from '../catalog/catalog-sources.ts'
import { json, publish } from '../runners/contract/ask.ts'
import { startRunner } from '../support/runner.ts'
import { codeBlocks, headings, readGuide } from './code-blocks.ts'

const page = readGuide('write-a-source.md')
const blocks = codeBlocks(page)
const languages = { javascript: 'js', python: 'python' } as const
type Language = keyof typeof languages

function block(section: string, language: string, holds = ''): string {
  const found = blocks.find(
    (each) => each.section === section && each.language === language && each.text.includes(holds),
  )
  if (!found) throw new Error(`The guide has no ${language} block in "${section}"`)
  return found.text
}

let bench: Bench
beforeAll(async () => void (bench = await startBench()))
afterAll(() => bench.stop())

/** The source of the page, read by the catalogue's own reader from a folder as the page draws it. */
async function sourceOf(language: Language, section: string): Promise<TestedSource> {
  const dir = await mkdtemp(join(tmpdir(), 'indag-guide-'))
  try {
    const folder = join(dir, 'acme', 'acme-reputation')
    await mkdir(folder, { recursive: true })
    const [, provider = ''] = /provider\.json +(\{.*\})$/m.exec(page) ?? []
    const manifest = { ...(JSON.parse(block('The manifest', 'json')) as object), language }
    await writeFile(join(dir, 'acme', 'provider.json'), provider)
    await writeFile(join(folder, 'source.json'), JSON.stringify(manifest))
    await writeFile(
      join(folder, language === 'python' ? 'source.py' : 'source.js'),
      block(section, languages[language]),
    )
    await writeFile(join(folder, 'examples.json'), block('Examples', 'json'))
    const { providers, problems } = await readCatalog(dir)
    expect(problems).toEqual([])
    return { ...providers[0]?.sources[0], folder } as TestedSource
  } finally {
    await rm(dir, { recursive: true })
  }
}

describe.each(['javascript', 'python'] as const)('the source in %s', (language) => {
  it('answers each example of the page as it says', async () => {
    const source = await sourceOf(language, 'The code')
    expect(source.examples.length).toBeGreaterThanOrEqual(5)
    for (const example of source.examples) {
      bench.provider.behave({ exchanges: example.exchanges ?? [] })
      const answer = await bench.ask(source, example)
      expect(bench.provider.surprises).toEqual([])
      if (example.expected === null) expect(answer).toEqual({ state: 'not-found' })
      else if ('failure' in example.expected)
        expect(answer).toMatchObject({ state: 'failed', ...(example.expected.failure as object) })
      else {
        const { raw: _raw, ...rest } = answer.state === 'found' ? answer.result : {}
        expect(rest).toEqual(example.expected)
      }
    }
  })

  it('goes on without what cannot be reached, and throws what is forbidden', async () => {
    const source = await sourceOf(language, 'When it goes wrong')
    const indicator = { kind: 'ipv4', value: '203.0.113.9' }
    const request = { method: 'GET', path: '/names/203.0.113.9' }
    const found: Example = {
      indicator,
      exchanges: [{ request, response: { status: 200, body: 'a.example' } }],
      expected: null,
    }
    bench.provider.behave({ exchanges: found.exchanges ?? [] })
    expect(await bench.ask(source, found)).toMatchObject({
      result: { summary: 'a.example', facts: [{ name: 'name', value: 'a.example', kind: 'domain' }] },
    })
    const away: Example = { indicator, config: { baseUrl: 'http://nowhere.invalid' }, expected: null }
    expect(await bench.ask(source, away)).toMatchObject({ result: { summary: 'no name', facts: [] } })
    const forbidden: Example = { indicator, config: { baseUrl: 'http://10.0.0.1' }, expected: null }
    expect(await bench.ask(source, forbidden)).toMatchObject({ state: 'failed', reason: 'egress-denied' })
  })
})

describe.each(['javascript', 'python'] as const)('the other hooks in %s', (language) => {
  it('bring a list and answer for messages', async () => {
    const runner = await startRunner(language, { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
    const connection = new Connection({ address: runner.address, token: runner.token }, 20_000)
    const code = (hook: string) => block('Two other hooks', languages[language], hook)
    const request = { method: 'GET', path: '/list.txt' }
    bench.provider.behave({
      exchanges: [{ request, response: { status: 200, body: '# a list\n192.0.2.1\n192.0.2.2\n' } }],
    })
    const context = {
      sourceId: 'acme',
      configJson: json({ baseUrl: bench.provider.url }),
      secrets: {},
      credentials: [],
      matchesJson: Buffer.from('[]'),
      hosts: [new URL(bench.provider.url).host],
      trustDomain: 'guide',
    }
    const task = await publish(runner, code(language === 'python' ? 'background_task' : 'backgroundTask'), language)
    const { events } = await collect<BackgroundTaskResponse>(
      connection.stream('backgroundTask', { hash: task, context }),
    )
    const received = await connection.unary('receive', {
      hash: await publish(runner, code('receive'), language),
      context,
      messagesJson: [{ address: '192.0.2.1' }, {}].map(json),
    })
    connection.close()
    await runner.stop()
    expect(events.map(({ event }) => event?.$case)).toEqual([
      'datasetRecordJson',
      'progress',
      'datasetRecordJson',
      'end',
    ])
    expect(received).toMatchObject({
      value: { outcomes: [{ accepted: true }, { accepted: false, reason: 'it has no address' }] },
    })
  })
})

describe('the page', () => {
  it('has no code that is not run here', () => {
    const run = ['The manifest', 'The code', 'When it goes wrong', 'Examples', 'Two other hooks']
    const others = blocks.filter(({ section }) => !run.includes(section))
    // The drawing of the folder, and commands, which the tests of the catalogue and of the CLI run.
    expect(others.map(({ section, language }) => [section, language])).toEqual([
      ['', ''],
      ['Test and try', 'sh'],
      ['Test and try', 'sh'],
    ])
    expect(headings(page)).toEqual(expect.arrayContaining(run))
  })
})
