import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '../..')

/** What `npm start` itself must know; everything else goes through to the backend, which checks it. */
export type Settings = {
  host: string
  port: number
  dataDir: string
  /** The page's address as a person types it. */
  url: string
  /** null: run the embedded PostgreSQL. */
  databaseUrl: string | null
  /** null: run both runners here. Else the endpoints as INDAG_RUNNERS gave them. */
  runners: string | null
  runnerToken: string | null
  python: string
  startedByNpm: boolean
  environment: Record<string, string>
}

export type SettingError = { name: string; problem: string; fix: string }

/** Reads `.env` of the repository (what is already set wins) and the environment. All errors at once, each with its fix. */
export function readSettings(): { settings: Settings } | { errors: SettingError[] } {
  const file = join(repository, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
  return parseSettings(process.env)
}

export function parseSettings(env: NodeJS.ProcessEnv): { settings: Settings } | { errors: SettingError[] } {
  const errors: SettingError[] = []
  const text = (name: string) => env[name]?.trim() || null
  const check = (name: string, valid: (value: string) => boolean, problem: string, fix: string) => {
    const value = text(name)
    if (value !== null && !valid(value)) errors.push({ name, problem: `${problem}: "${value}"`, fix })
    return value
  }
  const port = check(
    'INDAG_PORT',
    isPort,
    'is not a port',
    'Set a number from 1 to 65535, for example INDAG_PORT=8080.',
  )
  const host = check(
    'INDAG_HOST',
    (value) => !/[\s/]/.test(value),
    'is not an address',
    'Set the address to listen on, for example INDAG_HOST=127.0.0.1.',
  )
  const publicUrl = check(
    'INDAG_PUBLIC_URL',
    isWebUrl,
    'is not a web address',
    'Set a whole address, for example INDAG_PUBLIC_URL=https://indag.example.org.',
  )
  const databaseUrl = check(
    'DATABASE_URL',
    isPostgresUrl,
    'is not a PostgreSQL address',
    'Set postgres://user:password@host:5432/database, or leave it out for the embedded PostgreSQL.',
  )
  const runners = check(
    'INDAG_RUNNERS',
    areEndpoints,
    'does not name endpoints by language',
    'Set for example INDAG_RUNNERS="javascript=127.0.0.1:50051,python=127.0.0.1:50052", or leave it out to run both here.',
  )
  check(
    'INDAG_ROLE',
    (value) => value === 'all',
    'cannot be used with npm start, which runs everything',
    'Leave it out, or run "node backend/main.ts" for one role.',
  )
  if (errors.length > 0) return { errors: errors.map(hidePassword) }
  const settings: Settings = {
    host: host ?? '127.0.0.1',
    port: Number(port ?? 8080),
    dataDir: resolve(text('INDAG_DATA_DIR') ?? join(repository, '.indag')),
    url: publicUrl ?? `http://${visibleHost(host)}:${port ?? 8080}`,
    databaseUrl,
    runners,
    runnerToken: text('INDAG_RUNNER_TOKEN'),
    python: text('INDAG_RUNNER_PYTHON') ?? 'python3',
    startedByNpm: text('npm_lifecycle_event') !== null,
    environment: setVariables(env),
  }
  return { settings }
}

/** An empty variable counts as not set, for the parts as for us. */
function setVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return Object.fromEntries(entries)
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65535
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

function isPostgresUrl(value: string): boolean {
  return URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)
}

function areEndpoints(value: string): boolean {
  return value.split(',').every((language) => /^\s*[a-z][a-z0-9-]*=[^=,|\s]+(\|[^=,|\s]+)*\s*$/.test(language))
}

function visibleHost(host: string | null): string {
  if (host === null || ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function hidePassword(error: SettingError): SettingError {
  return { ...error, problem: error.problem.replace(/:[^:@/"]*@/g, ':***@') }
}
