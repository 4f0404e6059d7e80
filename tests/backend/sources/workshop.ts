import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openKeyRing, openPostgres, type Postgres } from '../../../backend/foundation/index.ts'
import { openSources, type Sources, type SourcesOptions } from '../../../backend/sources/index.ts'
import { testDatabase } from '../../support/postgres.ts'

export const keyRing = openKeyRing([{ id: 'test', key: Buffer.alloc(32, 7) }])
export const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A manifest of an online source with a secret in a header and one in the code. */
export const manifest = {
  name: 'Example',
  description: 'Knows everything.',
  language: 'javascript',
  kinds: ['ipv4', 'domain'],
  exposure: 'passive',
  reliability: 'B',
  config: {
    type: 'object',
    properties: {
      baseUrl: { type: 'string', format: 'uri', default: 'https://api.example.com', title: 'Base URL' },
      days: { type: 'integer', minimum: 1, maximum: 365, default: 30 },
    },
  },
  secrets: [
    {
      name: 'apiKey',
      required: true,
      description: 'Your key',
      help: 'https://example.com/key',
      use: { as: 'header', name: 'Key', prefix: 'Token ' },
    },
    { name: 'salt', required: false, use: { as: 'code' } },
  ],
  hosts: ['{baseUrl}', 'cdn.example.com'],
  limits: [
    { calls: 4, per: 'minute' },
    { calls: 500, per: 'day' },
  ],
  cacheTtlSeconds: 600,
  timeoutMs: 5_000,
}

/** A manifest that needs nothing. */
export const plain = {
  name: 'Plain',
  description: 'Thinks alone.',
  language: 'python',
  kinds: ['domain'],
  exposure: 'local',
}

export type Workshop = {
  sql: Postgres
  url: string
  dir: string
  sources: Sources
  /** Writes files below the catalogue: objects as JSON, null deletes the folder or file. */
  write(files: Record<string, unknown>): Promise<void>
  /** Another backend process on the same database. */
  another(options?: Partial<SourcesOptions>): Promise<Sources>
  close(): Promise<void>
}

export const acme = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  'acme/provider.json': { name: 'Acme', description: 'Makers', url: 'https://acme.example' },
  'acme/example/source.json': manifest,
  'acme/example/source.js': 'export async function fetchData() { return null }',
  'acme/example/examples.json': [{ indicator: { kind: 'ipv4', value: '192.0.2.1' }, expected: null }],
  'acme/plain/source.json': plain,
  'acme/plain/source.py': 'def fetch_data(indicator, ctx):\n    return None\n',
  ...more,
})

/** Sources on a fresh database and an empty catalogue. Call `close` in afterAll. */
export async function openWorkshop(options: Partial<SourcesOptions> = {}): Promise<Workshop> {
  const database = await testDatabase()
  const dir = await mkdtemp(join(tmpdir(), 'indag-catalog-'))
  const opened: (() => Promise<unknown>)[] = []
  async function another(more: Partial<SourcesOptions> = {}): Promise<Sources> {
    const sql = openPostgres(database.url, { connections: 4 })
    opened.push(() => sql.end({ timeout: 1 }))
    const sources = await openSources({
      sql,
      keyRing,
      clock: { now: () => Date.now() },
      log: silent,
      pollEveryMs: 100,
      ...more,
    })
    opened.push(() => sources.close())
    return sources
  }
  return {
    sql: database.sql as unknown as Postgres,
    url: database.url,
    dir,
    sources: await another(options),
    write: (files) => writeFiles(dir, files),
    another,
    async close() {
      for (const close of opened.reverse()) await close()
      await database.drop()
      await rm(dir, { recursive: true })
    },
  }
}

async function writeFiles(dir: string, files: Record<string, unknown>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name)
    if (content === null) {
      await rm(path, { recursive: true })
      continue
    }
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  }
}

/** Resolves when the condition holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}
