import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { inject } from 'vitest'
import { newToken } from '../../backend/identity/index.ts'
import { openDatasets } from '../../backend/sources/index.ts'
import { freePort } from '../../scripts/postgres/free-port.ts'
import { TEMPLATE, withDatabase } from './postgres-server.ts'
import { startRunner, type StartedRunner } from './runner.ts'

export type ProductOptions = {
  /** Runners to start of each language; one of each unless told. */
  runners?: { javascript?: number; python?: number }
  /** Backend processes on one database; one unless told. */
  backends?: number
  /** Another database than a fresh one with the packaged datasets loaded. */
  databaseUrl?: string
  env?: Record<string, string>
  runnerEnv?: Record<string, string>
  /** false: no administrator is installed, `setupUrl` is printed instead. */
  admin?: boolean
}

export type Backend = {
  url: string
  pid: number
  /** What it printed to standard output and error so far. */
  output: string[]
  /** Starts it again on the same port, after a kill. */
  start(): Promise<void>
  kill(): Promise<void>
  stop(): Promise<void>
}

export type Product = {
  /** Of the first backend. */
  url: string
  backends: Backend[]
  runners: StartedRunner[]
  databaseUrl: string
  admin: { email: string; password: string; token: string }
  /** The one-time link of a product without users. */
  setupUrl: string | null
  /** A call to the API as the administrator. */
  api(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>
  stop(): Promise<void>
}

/** The real product: real PostgreSQL, real runners, real backend processes, on free ports of loopback. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const closers: (() => Promise<unknown>)[] = []
  const dataDir = await mkdtemp(join(tmpdir(), 'indag-product-'))
  closers.unshift(() => rm(dataDir, { recursive: true, force: true }))
  const database = options.databaseUrl
    ? { url: options.databaseUrl, drop: () => Promise.resolve() }
    : await productDatabase()
  closers.unshift(database.drop)
  const admin = { email: 'admin@indag.test', password: 'correct horse battery staple', token: newToken() }
  const runners = await startRunners(options)
  for (const runner of runners) closers.unshift(() => runner.stop().catch(() => {}))
  const backends: Backend[] = []
  for (let count = 0; count < (options.backends ?? 1); count += 1) {
    const backend = await startBackend({
      ...baseEnvironment(),
      INDAG_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      INDAG_RUNNERS: endpointsOf(runners),
      INDAG_RUNNER_TOKEN: runners[0]?.token ?? 'unused',
      ...(options.admin === false
        ? {}
        : { INDAG_ADMIN_EMAIL: admin.email, INDAG_ADMIN_PASSWORD: admin.password, INDAG_ADMIN_TOKEN: admin.token }),
      ...options.env,
    })
    backends.push(backend)
    closers.unshift(backend.stop)
  }
  const { url } = backends[0]!
  return {
    url,
    backends,
    runners: runners.map(({ runner }) => runner),
    databaseUrl: database.url,
    admin,
    setupUrl: options.admin === false ? setupLinkIn(backends[0]!.output) : null,
    api: (path, { json, ...init } = {}) =>
      fetch(url + path, {
        ...init,
        ...(json === undefined ? {} : { method: init.method ?? 'POST', body: JSON.stringify(json) }),
        headers: {
          authorization: `Bearer ${admin.token}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(init.headers as Record<string, string>),
        },
      }),
    stop: async () => {
      for (const close of closers) await close()
    },
  }
}

type Started = { language: 'javascript' | 'python'; runner: StartedRunner; token: string; stop(): Promise<void> }

async function startRunners({ runners = {}, runnerEnv = {} }: ProductOptions): Promise<Started[]> {
  const wanted = [
    ...Array<'javascript'>(runners.javascript ?? 1).fill('javascript'),
    ...Array<'python'>(runners.python ?? 1).fill('python'),
  ]
  return Promise.all(
    wanted.map(async (language) => {
      const runner = await startRunner(language, runnerEnv)
      return { language, runner, token: runner.token, stop: runner.stop }
    }),
  )
}

function endpointsOf(runners: Started[]): string {
  const languages = [...new Set(runners.map(({ language }) => language))]
  return languages
    .map(
      (language) =>
        `${language}=${runners
          .filter((one) => one.language === language)
          .map((one) => one.runner.address)
          .join('|')}`,
    )
    .join(',')
}

function baseEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    INDAG_LOG_LEVEL: 'info',
    INDAG_EXIT_WITH_PARENT: '1',
  }
}

async function startBackend(env: Record<string, string>): Promise<Backend> {
  const port = await freePort()
  const output: string[] = []
  let child: ChildProcess | undefined
  let ending = false
  async function start(): Promise<void> {
    child = spawn(process.execPath, [fileURLToPath(new URL('../../backend/main.ts', import.meta.url))], {
      env: { ...env, INDAG_PORT: String(port) },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout!, child.stderr!])
      createInterface({ input: stream }).on('line', (line) => output.push(line))
    const exited = once(child, 'exit').then(() => {
      throw new Error(`The backend did not start:\n${output.slice(-30).join('\n')}`)
    })
    exited.catch(() => {})
    await Promise.race([untilReady(`http://127.0.0.1:${port}`), exited])
    // As npm start and compose do: a backend that ends by itself, after it was ready, is started again.
    child.once('exit', () => {
      if (!ending) void startAgain()
    })
  }
  /** Until it is ready: the database may be away as well. */
  async function startAgain(): Promise<void> {
    while (!ending) {
      const started = await start().then(
        () => true,
        (error: unknown) => {
          output.push(String(error))
          return false
        },
      )
      if (started) return
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    ending = true
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return child!.pid!
    },
    output,
    start: () => {
      ending = false
      return start()
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The link is printed right after the server listens; readiness may be seen first. */
function setupLinkIn(output: string[]): string {
  const link = /https?:\/\/\S+\/setup#token=\S+/.exec(output.join('\n'))?.[0]
  if (!link) throw new Error('The backend printed no setup link')
  return link
}

const CATALOG_TEMPLATE = 'indag_template_catalog'

/** A fresh database with every migration and the packaged datasets: loading them takes seconds, cloning them less than one. */
async function productDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const { url: server, broken } = inject('postgres')
  if (broken !== null) throw new Error(`The migrations do not apply, so there is no test database: ${broken}`)
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  const name = `product_${Math.random().toString(36).slice(2)}`
  try {
    await admin`select pg_advisory_lock(815)`
    const [ready] = await admin`select from pg_database where datname = ${CATALOG_TEMPLATE}`
    if (!ready) await makeCatalogTemplate(admin, server)
    await admin.unsafe(`create database ${name} template ${CATALOG_TEMPLATE}`)
  } finally {
    await admin.end()
  }
  const drop = async (): Promise<void> => {
    const again = postgres(server, { max: 1, onnotice: () => {} })
    await again.unsafe(`drop database ${name} with (force)`).catch(() => {})
    await again.end()
  }
  return { url: withDatabase(server, name), drop }
}

async function makeCatalogTemplate(admin: postgres.Sql, server: string): Promise<void> {
  const making = `${CATALOG_TEMPLATE}_making`
  await admin.unsafe(`drop database if exists ${making} with (force)`)
  await admin.unsafe(`create database ${making} template ${TEMPLATE}`)
  const sql = postgres(withDatabase(server, making), { max: 4, onnotice: () => {} })
  const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  await openDatasets({
    sql,
    catalogDir: fileURLToPath(new URL('../../catalog', import.meta.url)),
    log: quiet,
  }).loadPackaged()
  await sql.end()
  await admin.unsafe(`alter database ${making} rename to ${CATALOG_TEMPLATE}`)
}
