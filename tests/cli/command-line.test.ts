import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../cli/commands/catalogue.ts'
import { startApiServer } from './api-server.ts'
import { indag, program } from './run-indag.ts'

describe('bare indag', () => {
  it('says in about 20 lines what there is, with two examples', async () => {
    const run = await indag([])
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(run.out.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
    expect(run.out.match(/^ {2}(indag|cat) .*/gm)).toHaveLength(2)
  })

  it('names every command', async () => {
    const { out } = await indag([])
    for (const { words } of catalogue) {
      const [noun, verb = noun] = words.split(' ')
      expect(out).toMatch(new RegExp(`^ {2}(.*, )?(?=${noun}\\b).*\\b${verb}\\b`, 'm'))
    }
  })

  it('loads no command and no TypeScript', async () => {
    const run = spawnSync(process.execPath, ['--no-experimental-strip-types', program], { encoding: 'utf8' })
    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: indag') })
  })
})

describe('help', () => {
  it.each(catalogue.map(({ words }) => words))(
    'explains "%s" with its usage and the exit codes, as help and as --help',
    async (words) => {
      const asked = await indag(['help', ...words.split(' ')])
      expect(asked).toMatchObject({ code: 0, err: '' })
      expect(asked.out).toMatch(new RegExp(`^Usage: indag ${words}\\b`))
      expect(asked.out).toContain('Exit codes: 0 ok')
      expect((await indag([...words.split(' '), '--help'])).out).toBe(asked.out)
    },
  )

  it('is the overview with --help and help alone', async () => {
    expect((await indag(['--help'])).out).toBe((await indag(['help'])).out)
  })
})

describe('a slip of the keyboard', () => {
  it.each([
    [['chekc', '1.1.1.1'], 'Did you mean "check"?', 'indag check 1.1.1.1'],
    [['sorces', 'list'], 'Did you mean "sources"?', 'indag sources list'],
    [['sources', 'lst'], 'it has list, load', 'indag sources list'],
    [['runners'], 'needs one of: list, verify', 'indag runner list'],
    [['runner', 'verfy'], 'it has list, verify', 'indag runner verify'],
    [['token', 'revok', 'x'], 'it has create, list, revoke', 'indag token revoke'],
    [['1.1.1.1'], 'no command "1.1.1.1"', 'indag check 1.1.1.1'],
    [['frobnicate'], 'no command "frobnicate"', 'indag help'],
    [['extract'], 'Give one file', 'indag extract report.txt'],
    [['sources', 'load', 'own-values'], 'Give a source and a file', 'indag sources load'],
    [['token', 'create', 'a', 'b'], 'Give one name', 'indag token create'],
    [['token', 'revoke'], 'Give one name or id', 'indag token list'],
  ])('%j exits 2 and says what comes next', async (args, words, next) => {
    const run = await indag(args)
    expect(run).toMatchObject({ code: 2, out: '' })
    expect(run.err).toContain(words)
    expect(run.err).toContain(`Next: ${next}`)
  })
})

describe('the server', () => {
  it('that is not there is named, with the next step', async () => {
    const run = await indag(['sources', 'list'], { env: { INDAG_URL: 'http://127.0.0.1:9' } })
    expect(run.code).toBe(1)
    expect(run.err).toContain('Cannot reach http://127.0.0.1:9')
    expect(run.err).toContain('Next: npm start')
  })

  it('must have an http URL', async () => {
    expect(await indag(['sources', 'list'], { env: { INDAG_URL: 'localhost' } })).toMatchObject({ code: 2, out: '' })
  })

  it('that is something else is told apart', async () => {
    const server = await startApiServer({
      'GET /api/v1/sources': () => ({ type: 'text/html', body: '<h1>It works!</h1>' }),
    })
    const run = await indag(['sources', 'list'], { env: { INDAG_URL: server.url } })
    await server.close()
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('not as an Indag server') })
  })
})

it('says nothing when its reader has left', async () => {
  const items = Array.from({ length: 20_000 }, (_, i) => ({ slug: `source-${i}`, kinds: [] }))
  const server = await startApiServer({ 'GET /api/v1/sources': () => ({ body: { items } }) })
  const child = spawn('sh', ['-c', '"$0" "$1" sources list --json | head -1', process.execPath, program], {
    env: { PATH: process.env['PATH'], INDAG_URL: server.url },
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  await once(child, 'close')
  await server.close()
  expect(said).toEqual({ out: '{\n', err: '' })
})

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((node) => {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout as string | null
  return version !== null && Number(/^v(\d+)/.exec(version)?.[1] ?? 24) < 24
})

describe.skipIf(!oldNode)('an older Node (skipped: none is installed)', () => {
  it('hands over to the pinned runtime, with arguments, input and exit code', async () => {
    const options = oldNode ? { node: oldNode } : {}
    expect((await indag(['help', 'check'], options)).out).toContain('Usage: indag check')
    expect((await indag(['chek'], options)).code).toBe(2)
    expect((await indag(['check', '-'], { ...options, input: ' ' })).err).toContain('Standard input is empty')
  })

  it('says the overview by itself', async () => {
    expect((await indag([], oldNode ? { node: oldNode } : {})).out).toContain('Usage: indag')
  })
})
