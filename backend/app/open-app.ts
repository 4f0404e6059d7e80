import { resolve } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { openEnrichment } from '../enrichment/index.ts'
import {
  migrate,
  openKeyRing,
  openMemoryCache,
  openPostgres,
  openRedis,
  openRedisCache,
  systemClock,
  type Postgres,
} from '../foundation/index.ts'
import { addressBehind, openIdentity, openSignInLimit } from '../identity/index.ts'
import { openHealth, openMetrics, type Logger } from '../observability/index.ts'
import { openRunnerPool } from '../runner-pool/index.ts'
import { openDatasets, openSources, secretCares, type Sources } from '../sources/index.ts'
import { BadEnvironment, type Config } from './config/env.ts'
import { sealingKeys } from './config/sealing-key.ts'
import { limitRequests } from './http/limit-requests.ts'
import { openHealthHttp, openHttp } from './http/open-http.ts'
import { serveMetrics } from './http/serve-metrics.ts'
import { meterDatabase } from './meter-database.ts'
import { systemRoutes } from './system/system-routes.ts'
import { version } from './version.ts'
import { cacheCheck, databaseCheck, limitsCheck, runnerChecks } from './readiness.ts'

const repository = resolve(import.meta.dirname, '../..')
const migrationsDir = resolve(import.meta.dirname, '../migrations')
const catalogDir = resolve(repository, 'catalog')
const cachedResults = 200_000
const drainMs = 5_000
/** A row must end within its timeout and a second when the last runner dies; the shortest timeout is 2 s. */
const absentWaitMs = 2_500

export type App = {
  http: Hono | OpenAPIHono
  /** A link for the first administrator, or null when there is a user. */
  createSetupLink(): Promise<string | null>
  /** Closes everything in the reverse order of its opening. */
  close(): Promise<void>
}

/** Brings the database to the present schema. @returns the names of the migrations that were applied. */
export async function migrateDatabase(sql: Postgres): Promise<string[]> {
  return migrate(sql, migrationsDir)
}

/** Opens every module once, from the lowest up, and joins them. Ready to serve when it resolves. */
export async function openApp(config: Config, log: Logger): Promise<App> {
  const closers: (() => Promise<unknown>)[] = []
  const opened = <T>(thing: T, close: (thing: T) => Promise<unknown>): T => {
    closers.unshift(() => close(thing))
    return thing
  }
  const close = async (): Promise<void> => {
    for (const closeOne of closers)
      await closeOne().catch((error: unknown) => log.error({ err: error }, 'a part did not close'))
  }
  try {
    return { ...(await openModules(config, log, opened)), close }
  } catch (error) {
    await close()
    throw error
  }
}

function clientAddress({ trustedProxies }: Config): ReturnType<typeof addressBehind> {
  try {
    return addressBehind(trustedProxies)
  } catch (cause) {
    throw new BadEnvironment(`INDAG_TRUSTED_PROXIES has ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

async function openModules(
  config: Config,
  log: Logger,
  opened: <T>(thing: T, close: (thing: T) => Promise<unknown>) => T,
) {
  const clock = systemClock
  const sql = opened(openPostgres(config.databaseUrl, { connections: 12 }), (pool) => pool.end({ timeout: 2 }))
  await migrateDatabase(sql)
  const metrics = openMetrics(version)
  const health = openHealth()
  const redis = config.redisUrl
    ? opened(
        openRedis(config.redisUrl, (error) => log.debug({ err: error }, 'redis')),
        (client) => Promise.resolve(client.disconnect()),
      )
    : undefined
  const cache = opened(redis ? openRedisCache(redis, clock) : openMemoryCache(clock, cachedResults), (one) =>
    one.close(),
  )

  const addressOf = clientAddress(config)
  const store = { redis, sql }
  const limits = config.rates
    ? opened(limitRequests({ rates: config.rates, store, clock, addressOf }), (one) => one.close())
    : undefined
  const keyRing = openKeyRing(sealingKeys(config))
  const identity = opened(
    openIdentity({
      sql,
      clock,
      log,
      metrics,
      keyRing,
      publicUrl: config.publicUrl,
      secureCookies: config.publicUrl.startsWith('https:'),
      signInLimit: openSignInLimit(store),
      addressOf,
      ...(limits ? { admit: limits.admit } : {}),
    }),
    (one) => one.close(),
  )
  if (config.admin) await identity.installAdmin(config.admin)

  // The pool asks for code and the sources list the runners: each needs the other, so one is named before it exists.
  const later: { sources?: Sources } = {}
  const pool = opened(
    openRunnerPool({
      endpoints: config.runners,
      log,
      metrics,
      clock,
      absentWaitMs,
      codeOf: (hash) => later.sources!.codeOf(hash),
      ...(config.runnerToken ? { token: config.runnerToken } : {}),
    }),
    (one) => one.drain(drainMs).then(() => one.close()),
  )
  const datasets = openDatasets({ sql, catalogDir, log })
  const sources = opened(
    await openSources({
      ...{ sql, keyRing, clock, log, pool, datasets },
      record: identity.record,
      sealedElsewhere: identity.sealed,
    }),
    (one) => one.close(),
  )
  later.sources = sources
  identity.addRestorers(sources.restorers)
  await sources.syncCatalog(catalogDir)
  await datasets.loadPackaged()
  await sources.refresh()

  const enrichment = opened(openEnrichment({ sql, sources, datasets, pool, cache, clock, log, metrics }), (one) =>
    one.close(),
  )
  await enrichment.start()
  metrics.gauge('indag_requests_running', 'Requests that this process runs', enrichment.running)
  metrics.gauges('indag_secret_notifications', 'Notifications about secrets that are open', ['kind'], () =>
    secretCares.map((kind) => ({
      labels: { kind },
      value: sources.secretFindings().filter(({ care }) => care === kind).length,
    })),
  )
  meterDatabase(metrics, sql)
  const { telemetry } = config
  if (telemetry.metricsAddress) opened(await serveMetrics(telemetry.metricsAddress, metrics), (close) => close())

  health.add(databaseCheck(sql))
  if (redis) health.add(cacheCheck(cache))
  if (limits) health.add(limitsCheck(limits))
  for (const check of runnerChecks(pool, [...new Set(config.runners.map((runner) => runner.language))]))
    health.add(check)
  if (config.role === 'worker')
    return { http: openHealthHttp(health.routes), createSetupLink: () => Promise.resolve(null) }
  const http = openHttp({
    identity,
    limits,
    modules: [
      sources.routes,
      enrichment.routes,
      systemRoutes({ sql, redis: redis && cache, pool, enrichment, telemetry }),
    ],
    errorsTo: telemetry.browserSentry && new URL(telemetry.browserSentry.dsn).origin,
    health: health.routes,
    metrics,
    log,
    pageDir: resolve(repository, 'frontend/dist'),
  })
  return { http, createSetupLink: () => identity.createSetupLink() }
}
