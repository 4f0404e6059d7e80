import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { problem, startApiServer } from './api-server.ts'
import { indag } from './run-indag.ts'

const sources = {
  items: [
    {
      slug: 'asn',
      name: 'ASN',
      kinds: ['ipv4', 'ipv6'],
      exposure: 'local',
      enabled: true,
      ready: true,
      notReady: null,
    },
    {
      slug: 'virustotal',
      name: 'VirusTotal',
      kinds: ['sha256'],
      exposure: 'passive',
      enabled: true,
      ready: false,
      notReady: { code: 'secret-missing', detail: 'no API key' },
    },
    {
      slug: 'rdap',
      name: 'RDAP',
      kinds: ['domain'],
      exposure: 'passive',
      enabled: false,
      ready: false,
      notReady: null,
    },
  ],
}
const runner = {
  endpoint: '127.0.0.1:50051',
  language: 'javascript',
  languageVersion: '24',
  state: 'serving',
  sandboxLevel: 'namespaces',
  latencyMs: 1.4,
  load: { runningCalls: 3, queuedCalls: 2 },
}
const extraction = {
  indicators: [{ kind: 'url', value: 'http://evil.test/', defanged: 'hxxp://evil[.]test/', count: 2, spans: [] }],
  rejected: [{ text: '1.2.3.999', code: 'bad', reason: 'an octet is above 255' }],
}

let server: Awaited<ReturnType<typeof startApiServer>>
let env: Record<string, string>
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'indag-cli-'))
  server = await startApiServer({
    'GET /api/v1/sources': () => ({ body: sources }),
    'GET /api/v1/runners': () => ({ body: { items: [runner] } }),
    'POST /api/v1/indicators/extract': () => ({ body: extraction }),
    'PUT /api/v1/sources/own-values/dataset': () => ({
      body: { records: 2, rejected: [{ line: 3, text: 'x y', reason: 'is no key' }] },
    }),
    'PUT /api/v1/sources/asn/dataset': () =>
      problem(422, 'invalid-input', 'asn is not a list.', {
        errors: [{ path: 'slug', message: 'is not a list', fix: 'Use own-values.' }],
      }),
  })
  env = { INDAG_URL: `${server.url}/` }
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

describe('indag sources list', () => {
  it('shows what each knows, what leaves, and why it is not ready', async () => {
    const run = await indag(['sources', 'list'], { env })
    expect(run.out.trimEnd().split('\n')).toEqual([
      'SOURCE      EXPOSURE  STATE      KINDS',
      'asn         local     ready      ipv4, ipv6',
      'virustotal  passive   not ready  sha256 (no API key)',
      'rdap        passive   disabled   domain',
    ])
  })

  it('is one JSON document, or plain lines', async () => {
    expect(JSON.parse((await indag(['sources', 'list', '--json'], { env })).out)).toEqual(sources)
    expect((await indag(['sources', 'list', '--plain'], { env })).out).toContain('asn\tlocal\tready\tipv4,ipv6\n')
  })
})

describe('indag sources load', () => {
  it('sends the file, with a type by its name', async () => {
    for (const [name, type] of [
      ['blocked.txt', 'text/plain'],
      ['blocked.CSV', 'text/csv'],
    ] as const) {
      await writeFile(join(folder, name), 'a.test\nb.test\n')
      expect(await indag(['sources', 'load', 'own-values', join(folder, name)], { env })).toMatchObject({
        code: 5,
        err: 'line 3: x y: is no key\nLoaded 2 records into own-values; 1 line was rejected.\n',
      })
      expect(server.seen.at(-1)).toMatchObject({ body: 'a.test\nb.test\n', headers: { 'content-type': type } })
    }
  })

  it('shows the field and the fix when the server refuses', async () => {
    const run = await indag(['sources', 'load', 'asn', '-'], { env, input: 'x' })
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('slug: is not a list. Use own-values.') })
  })

  it('names a file that cannot be read', async () => {
    const run = await indag(['sources', 'load', 'own-values', join(folder, 'none')], { env })
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('ENOENT') })
  })
})

describe('indag runner list', () => {
  it('shows each runner with its language, version, sandbox and load', async () => {
    const run = await indag(['runner', 'list'], { env })
    expect(run.out).toMatch(/127\.0\.0\.1:50051 +javascript 24 +serving +namespaces +3 \(\+2\) +1 ms/)
  })

  it('is one JSON document for programs, and may be called "runners list"', async () => {
    expect(JSON.parse((await indag(['runner', 'list', '--json'], { env })).out)).toEqual({ items: [runner] })
    expect((await indag(['runners', 'list'], { env })).out).toBe((await indag(['runner', 'list'], { env })).out)
  })
})

describe('indag extract', () => {
  it('reads a file or standard input, and defangs for people', async () => {
    await writeFile(join(folder, 'report.txt'), 'a report')
    const run = await indag(['extract', join(folder, 'report.txt')], { env })
    expect(run.out).toBe('KIND  COUNT  INDICATOR\nurl   2      hxxp://evil[.]test/\n')
    expect(run.err).toBe('rejected: 1.2.3.999: an octet is above 255\n')
    await indag(['extract', '-', '--hosts'], { env, input: 'a mail' })
    expect(server.seen.map(({ body }) => body)).toEqual([{ text: 'a report' }, { text: 'a mail', hosts: true }])
  })

  it('gives programs the raw values', async () => {
    expect((await indag(['extract', '-', '--plain'], { env, input: 'x' })).out).toBe('http://evil.test/\turl\t2\n')
    expect(JSON.parse((await indag(['extract', '-', '--json'], { env, input: 'x' })).out)).toEqual(extraction)
  })
})
