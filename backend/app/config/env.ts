import { resolve } from 'node:path'
import { z } from 'zod'
import { openKeyRing, parseSealingKeys, type SealingKey } from '../../foundation/index.ts'
import type { LogLevel } from '../../observability/index.ts'
import { telemetryConfig, telemetryVariables, type TelemetryConfig } from './telemetry.ts'
import { parseRates, type Rates } from './rate-limits.ts'

export type Role = 'all' | 'server' | 'worker' | 'migrate'

/** Everything that the backend takes from its environment: read here once, nowhere else. */
export type Config = {
  role: Role
  host: string
  port: number
  publicUrl: string
  dataDir: string
  databaseUrl: string
  redisUrl: string | undefined
  /** Reverse proxies whose word on a client's address counts. */
  trustedProxies: string[]
  /** What callers may spend; undefined: no limit. */
  rates: Rates | undefined
  runners: { language: string; address: string }[]
  runnerToken: string | undefined
  /** The first one seals, all open. Undefined: kept in the data folder. */
  sealingKeys: SealingKey[] | undefined
  admin: { email: string; password: string | undefined; token: string | undefined } | undefined
  logLevel: LogLevel
  telemetry: TelemetryConfig
  /** In which a request has to arrive whole. */
  requestSeconds: number
  exitWithParent: boolean
}

export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment'
}

const text = z
  .string()
  .trim()
  .transform((value) => (value === '' ? undefined : value))
  .optional()

/** Each variable with what is wrong and the fix, as one line. */
const schema = z.object({
  INDAG_ROLE: z.enum(['all', 'server', 'worker', 'migrate'], 'must be all, server, worker or migrate').default('all'),
  INDAG_HOST: z.string().trim().min(1, 'must name an address; leave it out for 127.0.0.1').default('127.0.0.1'),
  INDAG_PORT: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be 0 to 65535')
    .max(65_535, 'must be 0 to 65535')
    .default(8080),
  INDAG_PUBLIC_URL: text.pipe(
    z
      .url({ protocol: /^https?$/, error: 'must be an http or https address such as https://indag.example.org' })
      .optional(),
  ),
  INDAG_DATA_DIR: z.string().trim().min(1, 'must name a folder').default('.indag'),
  DATABASE_URL: z
    .string('is missing: give postgres://user:password@host:5432/database, or use npm start')
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  REDIS_URL: text.pipe(
    z
      .string()
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .optional(),
  ),
  INDAG_TRUSTED_PROXIES: text.transform((value) =>
    (value ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  ),
  INDAG_RATE_LIMITS: text.transform((value, context) =>
    parseRates(value, (message) => context.addIssue({ code: 'custom', message })),
  ),
  INDAG_RUNNERS: text.transform((value, context) =>
    parseRunners(value, (message) => context.addIssue({ code: 'custom', message })),
  ),
  INDAG_RUNNER_TOKEN: text,
  INDAG_SEALING_KEYS: text.transform((value, context) =>
    parseKeys(value, (message) => context.addIssue({ code: 'custom', message })),
  ),
  INDAG_SECRET_KEY: text.transform((value, context) =>
    parseKeys(value, (message) => context.addIssue({ code: 'custom', message })),
  ),
  INDAG_ADMIN_EMAIL: text,
  INDAG_ADMIN_PASSWORD: text,
  INDAG_ADMIN_TOKEN: text,
  INDAG_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error').default('info'),
  ...telemetryVariables,
  INDAG_REQUEST_SECONDS: z.coerce
    .number('must be a number of seconds')
    .int('must be a whole number')
    .min(1, 'must be 1 to 3600')
    .max(3_600, 'must be 1 to 3600')
    .default(120),
  INDAG_EXIT_WITH_PARENT: text,
})

/** @throws BadEnvironment naming every variable that is wrong, with the fix. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = schema.safeParse(env)
  if (!parsed.success) {
    throw new BadEnvironment(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'))
  }
  const vars = parsed.data
  if ((vars.INDAG_ADMIN_PASSWORD || vars.INDAG_ADMIN_TOKEN) && !vars.INDAG_ADMIN_EMAIL) {
    throw new BadEnvironment(
      'INDAG_ADMIN_EMAIL is missing: INDAG_ADMIN_PASSWORD and INDAG_ADMIN_TOKEN belong to its user',
    )
  }
  return {
    role: vars.INDAG_ROLE,
    host: vars.INDAG_HOST,
    port: vars.INDAG_PORT,
    publicUrl: vars.INDAG_PUBLIC_URL ?? `http://localhost:${vars.INDAG_PORT}`,
    dataDir: resolve(vars.INDAG_DATA_DIR),
    databaseUrl: vars.DATABASE_URL,
    redisUrl: vars.REDIS_URL,
    trustedProxies: vars.INDAG_TRUSTED_PROXIES,
    rates: vars.INDAG_RATE_LIMITS,
    runners: vars.INDAG_RUNNERS,
    runnerToken: vars.INDAG_RUNNER_TOKEN,
    sealingKeys: joinRings(vars.INDAG_SEALING_KEYS, vars.INDAG_SECRET_KEY),
    admin: vars.INDAG_ADMIN_EMAIL
      ? { email: vars.INDAG_ADMIN_EMAIL, password: vars.INDAG_ADMIN_PASSWORD, token: vars.INDAG_ADMIN_TOKEN }
      : undefined,
    logLevel: vars.INDAG_LOG_LEVEL,
    telemetry: telemetryConfig(vars),
    requestSeconds: vars.INDAG_REQUEST_SECONDS,
    exitWithParent: vars.INDAG_EXIT_WITH_PARENT === '1',
  }
}

/** `javascript=127.0.0.1:50051|127.0.0.1:50061,python=unix:/run/python.sock`. */
function parseRunners(value: string | undefined, refuse: (message: string) => void): Config['runners'] {
  const runners: Config['runners'] = []
  for (const entry of (value ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)) {
    const [language, addresses = ''] = entry.split('=', 2)
    const list = addresses
      .split('|')
      .map((one) => one.trim())
      .filter(Boolean)
    if (!language || list.length === 0) {
      refuse(
        `has "${entry}": write language=host:port, several with |, such as javascript=127.0.0.1:50051|127.0.0.1:50061`,
      )
      continue
    }
    for (const address of list) {
      if (/^unix:\/|^[^:\s]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(address)) runners.push({ language, address })
      else refuse(`has the address "${address}": write host:port or unix:/path`)
    }
  }
  return runners
}

/** One key of 32 bytes alone, or a ring `id:key,id:key`. */
function parseKeys(value: string | undefined, refuse: (message: string) => void): SealingKey[] | undefined {
  if (value === undefined) return undefined
  try {
    const keys = parseSealingKeys(value.includes(':') ? value : `main:${value}`)
    openKeyRing(keys)
    return keys
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** The key of before, in its own variable, still opens; one that is in both counts once. */
function joinRings(ring: SealingKey[] | undefined, before: SealingKey[] | undefined): SealingKey[] | undefined {
  if (!ring) return before
  return [...ring, ...(before ?? []).filter(({ id }) => !ring.some((one) => one.id === id))]
}
