import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestView } from '../../cli/api/shapes.ts'
import { type Product, startProduct } from '../support/product.ts'
import { indag, program } from './run-indag.ts'

let product: Product
let env: Record<string, string>

beforeAll(async () => {
  product = await startProduct()
  env = { INDAG_URL: product.url, INDAG_TOKEN: product.admin.token }
})
afterAll(() => product.stop())

/** Sources that answer from their own data: nothing leaves, whatever the machine's network. */
const offline = ['--tlp', 'red']

describe('indag against the product', () => {
  it('answers about 1.1.1.1 from at least five sources with nothing leaving, every row ended', async () => {
    const run = await indag(['check', '1.1.1.1', '--json', ...offline], { env })
    const view = JSON.parse(run.out) as RequestView
    expect(view.state).toBe('done')
    expect(view.counts.found).toBeGreaterThanOrEqual(5)
    expect(view.counts.queued + view.counts.running + view.counts.failed).toBe(0)
    expect(run).toMatchObject({ code: 0, err: '' })
  })

  it('reads a list from a pipe and gives the next program pure JSON', async () => {
    const script = `printf '1[.]1.1.1\\n8.8.8.8\\nexample[.]org\\n' | "$0" "$1" check - --json --tlp red | "$0" -p 'JSON.parse(fs.readFileSync(0)).indicators.length'`
    const child = spawn('sh', ['-c', script, process.execPath, program], { env: { ...env, PATH: process.env['PATH'] } })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    await once(child, 'close')
    expect(out).toBe('3\n')
  })

  it('shows people the verdict and each row', async () => {
    const run = await indag(['check', '1.1.1.1', ...offline], { env })
    expect(run.out).toMatch(/^1\S+1 {2}ipv4\n. (malicious|suspicious|benign|unknown) {2}score \d+/)
    expect(run.out).toMatch(/^ {2}SOURCE +STATE +SAYS$/m)
    expect(run.out).toMatch(/^ {2}\S+ +found +\S/m)
  })

  it('asks only the sources that were named, and says which name is wrong', async () => {
    const sources = JSON.parse((await indag(['sources', 'list', '--json'], { env })).out) as {
      items: { slug: string; kinds: string[]; exposure: string }[]
    }
    const local =
      sources.items.find(({ kinds, exposure }) => kinds.includes('ipv4') && exposure === 'local')?.slug ?? ''
    const view = JSON.parse((await indag(['check', '1.1.1.1', '--json', '-s', local], { env })).out) as RequestView
    expect(view.indicators.flatMap(({ rows }) => rows.map(({ source }) => source.slug))).toEqual([local])
    const wrong = await indag(['check', '1.1.1.1', '-s', 'no-such-source'], { env })
    expect(wrong).toMatchObject({ code: 1, out: '' })
    expect(wrong.err).toMatch(/no-such-source[\s\S]*Next: indag sources list/)
  })

  it('refuses a TLP that does not exist and names those that do', async () => {
    const run = await indag(['check', '1.1.1.1', '--tlp', 'purple'], { env })
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('AMBER') })
  })

  it('extracts from a report on standard input', async () => {
    const run = await indag(['extract', '-', '--plain'], {
      env,
      input: 'It called hxxp://evil[.]example[.]org/a twice, then 1[.]1.1.1.',
    })
    expect(
      run.out
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('\t')[0]),
    ).toEqual(['http://evil.example.org/a', '1.1.1.1'])
  })

  it('lists the runners with their sandbox', async () => {
    const run = await indag(['runners', 'list'], { env })
    expect(run.out).toMatch(/javascript .*serving/)
    expect(run.out).toMatch(/python .*serving/)
  })

  it('loads a list of one’s own, which then knows what is in it', async () => {
    const run = await indag(['sources', 'load', 'own-values', '-'], { env, input: '192.0.2.77\n' })
    expect(run).toMatchObject({ code: 0, err: 'Loaded 1 record into own-values.\n' })
    const checked = await indag(['check', '192.0.2.77', '--json', '-s', 'own-values', ...offline], { env })
    const view = JSON.parse(checked.out) as RequestView
    expect(view.indicators[0]?.rows.map(({ state }) => state)).toEqual(['found'])
  })

  it('says which word of a check is no indicator, and what comes next', async () => {
    const run = await indag(['check', 'zzz'], { env })
    expect(run).toMatchObject({ code: 1, out: '' })
    expect(run.err).toMatch(/^indag: indicators\.0: .*\nNext: indag help check\n$/)
  })
})
