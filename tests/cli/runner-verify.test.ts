import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { bentRunner } from '../runners/conformance/bent-runner.ts'
import { hasOpenssl, makeAuthority } from '../runners/contract/certificates.ts'
import { siteAddress, siteAllowed } from '../runners/conformance/hold-to-contract.ts'
import { startRunner } from '../support/runner.ts'
import type { StartedRunner } from '../support/runner.ts'
import { indag } from './run-indag.ts'

let runner: StartedRunner
let env: Record<string, string>
beforeAll(async () => {
  runner = await startRunner('javascript', { INDAG_RUNNER_PRIVATE_HOSTS: siteAllowed })
  env = { INDAG_RUNNER_TOKEN: runner.token }
})
afterAll(() => runner.stop())

const verify = (...args: string[]) => indag(['runner', 'verify', ...args], { env })

describe('indag runner verify', () => {
  it('says of each promise whether it is kept, and sums up', async () => {
    const run = await verify(runner.address, '--only', 'describe.names,results.found', '--only', 'egress.request')
    expect(run).toMatchObject({ code: 0, err: '' })
    const lines = run.out.trimEnd().split('\n')
    expect(lines.slice(0, 3)).toEqual([
      '✓ describe.names  Describe names language, language version and runner version',
      '✓ results.found  an object that the code returns is answered as result_json',
      expect.stringMatching(/^– egress\.request {2}.* \(skipped: no site was given \(--site\)\)$/),
    ])
    expect(lines[3]).toMatch(/^javascript [\d.]+ at 127\.0\.0\.1:\d+, sandbox \w+: 2 kept, 0 broken, 1 skipped$/)
  })

  it('looks at outgoing calls with a site', async () => {
    const run = await verify(runner.address, '--site', siteAddress, '--only', 'egress.request')
    expect(run).toMatchObject({ code: 0, out: expect.stringContaining('✓ egress.request') })
  })

  it('exits 1 when a promise is broken, with what was expected, what came, and where it is written', async () => {
    const bent = await bentRunner(runner.address, { describe: { answer: (a) => ({ ...a, sandboxLevel: 'perfect' }) } })
    const run = await verify(bent.address, '--only', 'describe.sandbox')
    const json = await verify(bent.address, '--only', 'describe.sandbox', '--json')
    bent.stop()
    expect(run).toMatchObject({ code: 1, err: '' })
    expect(run.out).toMatch(
      /✗ describe\.sandbox .*\n {4}expected .*\n {4}came .*perfect.*\n {4}see .*write-a-runner\.md/,
    )
    expect(json).toMatchObject({ code: 1, err: '' })
    expect(JSON.parse(json.out)).toMatchObject({
      conformant: false,
      counts: { kept: 0, broken: 1 },
      results: [{ id: 'describe.sandbox', outcome: 'failed', guide: 'Describe, health and reflection' }],
    })
  })

  it('is one JSON document with --json', async () => {
    const run = await verify(runner.address, '--token', runner.token, '--json', '--only', 'health')
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(run.out)).toMatchObject({
      endpoint: runner.address,
      conformant: true,
      language: 'javascript',
      counts: { kept: 3, broken: 0, skipped: 0, notClaimed: 0 },
      results: [{ id: 'health.check', outcome: 'passed' }, {}, {}],
    })
  })

  it.each([
    [[], 2, 'Give one endpoint', 'Next: indag runner verify 127.0.0.1:50051'],
    [['nonsense'], 2, '"nonsense" is no endpoint', 'Next: indag runner verify'],
    [['127.0.0.1:9'], 1, '127.0.0.1:9 does not answer', 'Next: start the runner'],
    [['RUNNER', '--token', 'wrong'], 1, 'does not answer Describe', '--token <'],
    [['RUNNER', '--site', '192.0.2.1:1'], 1, 'cannot listen on 192.0.2.1:1', 'an address of this machine'],
    [['RUNNER', '--site', 'here'], 2, 'write host:port', '--site 127.0.0.1:18999'],
    [['RUNNER', '--only', 'egres'], 1, 'there is no check "egres"', 'names all checks'],
    [['RUNNER', '--fixtures', 'none'], 1, 'ENOENT', '--fixtures <dir>'],
    [['RUNNER', '--tls-cert', import.meta.filename], 2, 'go together', 'Next: indag help runner verify'],
    [['RUNNER', '--tls-ca', 'none'], 2, '--tls-ca none cannot be read', 'Next: indag help runner verify'],
  ])('%j exits with what is wrong and what comes next', async (args, code, said, next) => {
    const run = await verify(...args.map((arg) => (arg === 'RUNNER' ? runner.address : arg)))
    expect(run).toMatchObject({ code, out: '' })
    expect(run.err).toContain(said)
    expect(run.err).toContain(next)
  })

  it('asks for the programs of a language that it does not know', async () => {
    const bent = await bentRunner(runner.address, { describe: { answer: (a) => ({ ...a, language: 'ruby' }) } })
    const run = await verify(bent.address)
    bent.stop()
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('no built-in programs in ruby') })
  })

  it('says so when the server there is no runner', async () => {
    const server = new Server()
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    )
    const run = await verify(`127.0.0.1:${port}`)
    server.forceShutdown()
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('does not answer Describe') })
  })
})

describe.skipIf(!hasOpenssl)(`over TLS${hasOpenssl ? '' : ' (skipped: openssl is not installed)'}`, () => {
  it('speaks to a runner with a certificate of the authority, and shows its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'indag-tls-'))
    const [authority, stranger] = [makeAuthority(), makeAuthority()]
    const server = authority.sign('runner', 'IP:127.0.0.1')
    const ours = authority.sign('verifier', 'DNS:verifier')
    await writeFile(join(folder, 'cert'), ours.cert)
    await writeFile(join(folder, 'key'), ours.key)
    const bent = await bentRunner(runner.address, { tls: { ...server, clients: await readFile(authority.file) } })
    const own = ['--tls-cert', join(folder, 'cert'), '--tls-key', join(folder, 'key'), '--only', 'results.found']
    const good = await verify(bent.address, '--tls-ca', authority.file, ...own)
    const nameless = await verify(bent.address, '--tls-ca', authority.file, '--only', 'results.found')
    const other = await verify(bent.address, '--tls-ca', stranger.file, ...own)
    const plain = await verify(bent.address, '--only', 'results.found')
    bent.stop()
    authority.close()
    stranger.close()
    await rm(folder, { recursive: true })
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('✓ results.found') })
    for (const refused of [nameless, other, plain])
      expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('does not answer Describe') })
  })
})
