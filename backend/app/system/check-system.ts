import { type Cache, describePostgres, type Postgres, type PostgresState } from '../../foundation/index.ts'
import type { EnrichmentModule } from '../../enrichment/index.ts'
import { exporterState } from '../../observability/index.ts'
import type { RunnerPool } from '../../runner-pool/index.ts'
import type { TelemetryConfig } from '../config/telemetry.ts'
import { version } from '../version.ts'
import type { Part, SystemHealth } from './schemas.ts'

export type SystemParts = {
  sql: Postgres
  /** Undefined: this installation has no Redis. */
  redis: Pick<Cache, 'healthy'> | undefined
  pool: Pick<RunnerPool, 'health' | 'list'>
  enrichment: Pick<EnrichmentModule, 'processes' | 'running' | 'waiting'>
  telemetry: TelemetryConfig
}

const answerWithinMs = 2_000
const ok = (detail: string): Part => ({ state: 'ok', detail, fix: null })
const guide = 'https://github.com/indag/indag/blob/main/observability/README.md'

/** Everything that an administrator asks when "it does not work", at once; no part that is away holds up the others. */
export async function checkSystem(parts: SystemParts): Promise<SystemHealth> {
  const [database, redis, backend] = await Promise.all([
    checkDatabase(parts.sql),
    checkRedis(parts.redis),
    checkProcesses(parts.enrichment),
  ])
  const checked = {
    backend,
    database,
    redis,
    runners: checkRunners(parts.pool),
    requests: checkRequests(parts.enrichment),
    telemetry: checkTelemetry(parts.telemetry),
  }
  const states = Object.values(checked).map(({ state }) => state)
  const worst = states.includes('down') ? 'down' : states.includes('degraded') ? 'degraded' : 'ok'
  const vital = [database.state, checked.runners.state].includes('down')
  return {
    state: vital ? 'down' : worst === 'ok' ? 'ok' : 'degraded',
    checkedAt: new Date().toISOString(),
    version,
    ...checked,
  }
}

async function checkDatabase(sql: Postgres): Promise<SystemHealth['database']> {
  const state: PostgresState | undefined = await inTime(describePostgres(sql))
  if (state) {
    const { latencyMs } = state
    return { ...ok('PostgreSQL answers'), ...state, latencyMs: Math.round(latencyMs * 10) / 10 }
  }
  return {
    state: 'down',
    detail: 'PostgreSQL does not answer: running requests go on in memory, new ones wait or are refused',
    fix: { label: 'Start PostgreSQL, or mend DATABASE_URL', href: guide },
    ...{ version: null, latencyMs: null, migration: null, connections: {} },
  }
}

async function checkRedis(redis: SystemParts['redis']): Promise<Part> {
  if (!redis) return { state: 'off', detail: 'not configured: each backend process remembers by itself', fix: null }
  if (await inTime(redis.healthy())) return ok('Redis answers')
  return {
    state: 'degraded',
    detail: 'Redis does not answer: cached answers are asked again, and limits are counted elsewhere until it is back',
    fix: { label: 'Start Redis, or mend REDIS_URL', href: guide },
  }
}

async function checkProcesses(enrichment: SystemParts['enrichment']): Promise<SystemHealth['backend']> {
  const found = await inTime(enrichment.processes())
  const processes = (found ?? []).map(({ startedAt, heartbeatAt, ...rest }) => ({
    ...rest,
    startedAt: startedAt.toISOString(),
    heartbeatAt: heartbeatAt.toISOString(),
  }))
  if (!found)
    return { state: 'degraded', detail: 'heartbeats cannot be read without the database', fix: null, processes }
  const silent = processes.filter(({ alive }) => !alive).length
  if (silent === 0) return { ...ok(`${processes.length} with a heartbeat`), processes }
  const detail = `${silent} of ${processes.length} silent: another one takes over its requests within seconds`
  return { state: 'degraded', detail, fix: null, processes }
}

function checkRunners(pool: SystemParts['pool']): SystemHealth['runners'] {
  const fix = { label: 'See the runners', href: '/runners' }
  const languages = pool.health().map((one) => {
    const { language, serving, configured, detail } = one
    const isWhole = serving === configured
    const state = one.state === 'down' ? ('down' as const) : isWhole ? ('ok' as const) : ('degraded' as const)
    const words = detail || `${serving} of ${configured} serve`
    return {
      state,
      detail: words,
      fix: state === 'ok' ? null : fix,
      language,
      serving,
      configured,
      waiting: one.waiting,
    }
  })
  const down = languages.filter(({ state }) => state !== 'ok')
  if (languages.length === 0) {
    const named = { label: 'Name runners in INDAG_RUNNERS', href: guide }
    return { state: 'down', detail: 'no runner is configured: no source can be asked', fix: named, languages }
  }
  if (down.length === 0) return { ...ok(`${languages.map(({ language }) => language).join(', ')} serve`), languages }
  const state = down.some((one) => one.state === 'down') ? 'down' : 'degraded'
  return { state, detail: down.map((one) => `${one.language}: ${one.detail}`).join('; '), fix, languages }
}

function checkRequests(enrichment: SystemParts['enrichment']): SystemHealth['requests'] {
  const [running, waiting] = [enrichment.running(), enrichment.waiting()]
  return { ...ok(`${running} run in this process`), running, waiting }
}

function checkTelemetry({ otlpEndpoint, sentry, metricsAddress }: TelemetryConfig): SystemHealth['telemetry'] {
  const told = {
    traces: exporterState(),
    errors: sentry ? ('on' as const) : ('none' as const),
    metrics: metricsAddress ? ('address' as const) : ('signed-in' as const),
  }
  if (told.traces === 'failing') {
    const fix = { label: 'Start the collector, or mend OTEL_EXPORTER_OTLP_ENDPOINT', href: guide }
    return { state: 'degraded', detail: `the collector ${otlpEndpoint} does not take spans`, fix, ...told }
  }
  if (told.traces === 'none' && told.errors === 'none')
    return { state: 'off', detail: 'nobody is sent traces or errors', fix: null, ...told }
  return { ...ok('what happens is sent'), ...told }
}

async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), answerWithinMs)))
  try {
    return await Promise.race([answer, late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
