import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import {
  BadEnvironment,
  migrateDatabase,
  openApp,
  readConfig,
  refuseUnreadable,
  tidyHeapWhenIdle,
  type App,
  type Config,
} from './app/index.ts'
import { openPostgres } from './foundation/index.ts'
import { flushReports, openLogger, reportError, startSentry, startTracing, type Logger } from './observability/index.ts'

const service = 'indag-backend'
const longestStopMs = 15_000
const longestHeadersMs = 15_000
/** How often Node looks for requests that are too slow. */
const checkConnectionsMs = 5_000
const reportedWithinMs = 2_000

/** The backend program: reads the environment, opens the application, serves, and closes in reverse. */
async function main(): Promise<void> {
  const config = readConfig()
  const log = openLogger({ level: config.logLevel, service })
  const { otlpEndpoint: endpoint, sentry } = config.telemetry
  const stopTracing = await startTracing(endpoint ? { endpoint, service, log } : undefined)
  // What nobody foresaw ends the process, in order that it starts clean: accepted requests are durable and are resumed.
  process.once('uncaughtException', (error) => {
    // A second one, such as from telling the first to a reader that is gone, must not begin all over.
    process.on('uncaughtException', () => process.exit(1))
    log.error({ err: error }, 'an unforeseen error ends the process')
    reportError(error)
    void flushReports(reportedWithinMs).finally(() => process.exit(1))
  })
  if (sentry) await startSentry({ ...sentry, service })
  if (config.role === 'migrate') return migrateOnly(config)
  const app = await openApp(config, log)
  const server = await listen(config, app)
  tidyHeapWhenIdle()
  const link = await app.createSetupLink()
  if (link) process.stdout.write(`Set up the first administrator (this link works once): ${link}\n`)
  stopOnSignals(config, log, app, server, stopTracing)
}

async function migrateOnly(config: Config): Promise<void> {
  const sql = openPostgres(config.databaseUrl, { connections: 2 })
  const applied = await migrateDatabase(sql)
  process.stdout.write(applied.length > 0 ? `Applied: ${applied.join(', ')}\n` : 'The database is up to date.\n')
  await sql.end()
}

function listen(config: Config, app: App): Promise<Server> {
  return new Promise((resolve, reject) => {
    const patienceMs = config.requestSeconds * 1000
    const serverOptions = {
      requestTimeout: patienceMs,
      headersTimeout: Math.min(patienceMs, longestHeadersMs),
      connectionsCheckingInterval: Math.min(patienceMs / 2, checkConnectionsMs),
    }
    const { fetch } = app.http
    const server = serve({ fetch, hostname: config.host, port: config.port, serverOptions }, () =>
      resolve(server),
    ) as Server
    refuseUnreadable(server)
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        taken
          ? new BadEnvironment(
              `INDAG_PORT ${config.port} is taken on ${config.host}: stop the other program or set another port`,
            )
          : error,
      )
    })
  })
}

function stopOnSignals(config: Config, log: Logger, app: App, server: Server, stopTracing: () => Promise<void>): void {
  let stopping = false
  const stop = async (why: string): Promise<void> => {
    // Whoever asks twice does not want to wait; nor does anybody when a part hangs.
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), longestStopMs).unref()
    log.info({ why }, 'stopping')
    server.close()
    // Event streams would keep the server open for as long as their readers like.
    server.closeIdleConnections()
    await app.close()
    server.closeAllConnections()
    await stopTracing()
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop('SIGTERM'))
  process.on('SIGINT', () => void stop('SIGINT'))
  if (config.exitWithParent) {
    process.stdin.on('close', () => void stop('the parent went away')).on('error', () => {})
    process.stdin.resume()
  }
}

try {
  await main()
} catch (error) {
  const bad = error instanceof BadEnvironment
  process.stderr.write(
    `${bad ? `The environment is not right:\n${error.message}` : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  process.exit(bad ? 2 : 1)
}
