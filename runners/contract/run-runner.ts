import { randomUUID } from 'node:crypto'
import { openEgress } from './egress/index.ts'
import { readEnv } from './env.ts'
import type { RunnerEnv } from './env.ts'
import type { Executor } from './executor.ts'
import { openLog } from './log.ts'
import type { Log } from './log.ts'
import { openRunFolder } from './run-folder.ts'
import { openChildGroups, probeSandbox } from './sandbox/index.ts'
import type { Cgroups, SandboxReport } from './sandbox/index.ts'
import { openMeter, openReporter, openTracing, serveMetrics } from './telemetry/index.ts'
import type { Reporter } from './telemetry/index.ts'
import { Admission } from './server/calls/admission.ts'
import { Quarantine } from './server/calls/quarantine.ts'
import { RunningCalls } from './server/calls/running-calls.ts'
import { openServer } from './server/open-server.ts'
import { Versions } from './server/versions.ts'

/** `runFolder`: the place for all that is written for this run only; it goes with the process. `groups`: where the machine lets us have some. */
export type RunnerContext = {
  env: RunnerEnv
  sandbox: SandboxReport
  groups: Cgroups | undefined
  runFolder: string
  log: Log
}

const RUNNER_VERSION = '0.1.0'
const REPORTED_WITHIN_MS = 2_000
const ADMISSION = { running: 256, waitingPerSource: 512, waiting: 4_096 }

/**
 * A runner's whole life: environment, sandbox probe, the language's executor, server, one ready line on stdout, drain on SIGTERM or SIGINT
 * (or when stdin closes, if told to exit with the parent). Ends the process with code 1 and one log line when it cannot start.
 */
export async function runRunner(open: (context: RunnerContext) => Promise<Executor>): Promise<void> {
  // Who started us may be gone, and with it whoever read: that is no defect, and to tell it would fail again.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  try {
    await start(open)
  } catch (cause) {
    openLog('error', { service: 'indag-runner' }).error('the runner cannot start', { err: cause })
    process.exit(1)
  }
}

async function start(open: (context: RunnerContext) => Promise<Executor>): Promise<void> {
  const env = readEnv()
  const identity = { instanceId: randomUUID(), runnerVersion: RUNNER_VERSION }
  const bound = { service: 'indag-runner', instance: identity.instanceId }
  const log = openLog(env.logLevel, bound)
  // Node's own warnings become log lines: stderr is JSON only.
  process
    .removeAllListeners('warning')
    .on('warning', (warning) => log.debug('node warns', { warning: warning.message }))
  const sandbox = await probeSandbox({ python: env.python })
  refuseUnsafe(env, sandbox, log)
  const groups = await openChildGroups(sandbox)
  const runFolder = await openRunFolder(env.stateDir)
  const executor = await open({ env, sandbox, groups, runFolder, log })
  const { language } = executor
  bound.service = `indag-runner-${language}`
  const sentry = await openReporter(env.sentry, bound.service, RUNNER_VERSION)
  endOnDefect(log, sentry)
  const egress = openEgress(env)
  const versions = new Versions(executor)
  const [admission, quarantine] = [new Admission(ADMISSION), new Quarantine()]
  const meter = env.metricsAddress
    ? await openMeter(executor, () => ({
        running: admission.running,
        waiting: admission.waiting,
        versions: versions.hashes().length,
        quarantined: quarantine.size,
      }))
    : undefined
  const tracing = await openTracing(
    env.otlpEndpoint,
    {
      'service.name': bound.service,
      'service.version': RUNNER_VERSION,
      'service.instance.id': identity.instanceId,
    },
    log,
  )
  const running = new RunningCalls()
  const counts = { calls: 0 }
  const engine = { executor, egress, admission, quarantine, running, meter, tracing, sentry, log, counts }
  const metrics = meter && env.metricsAddress ? await serveMetrics(env.metricsAddress, meter) : undefined
  const server = await openServer(env.listen, { engine, versions, identity, token: env.token })

  let draining: Promise<void> | undefined
  const drain = (why: string) => {
    // Whoever asks twice does not want to wait.
    if (draining) {
      log.info('cutting what still runs', { why, calls: running.size })
      return server.cut()
    }
    draining = (async () => {
      log.info('draining', { why, calls: running.size })
      await server.drain(env.drainMs)
      await executor.close()
      await Promise.all([egress.close(), tracing?.close(), groups?.close()])
      metrics?.close()
      process.exit(0)
    })()
  }
  process.on('SIGTERM', () => drain('SIGTERM'))
  process.on('SIGINT', () => drain('SIGINT'))
  if (env.exitWithParent) {
    process.stdin.on('end', () => drain('the parent is gone')).on('error', () => drain('the parent is gone'))
    process.stdin.resume()
  }
  log.info('serving', {
    language,
    address: server.address,
    sandbox: sandbox.level,
    layers: sandbox.layers,
    ...(sandbox.notes.length > 0 ? { notes: sandbox.notes } : {}),
    ...(metrics ? { metrics: metrics.address } : {}),
  })
  process.stdout.write(
    `${JSON.stringify({ ready: true, language, address: server.address, sandbox: sandbox.level })}\n`,
  )
}

/** What nobody foresaw ends the process, in order that it starts clean: the backend asks another runner, or this one again. */
function endOnDefect(log: Log, sentry: Reporter): void {
  process.once('uncaughtException', (err) => {
    process.on('uncaughtException', () => process.exit(1))
    log.error('an unforeseen error ends the process', { err })
    sentry.report(err)
    void sentry.flush(REPORTED_WITHIN_MS).finally(() => process.exit(1))
  })
}

/** Deny by default: no sandbox, or a door open to the network without a token, only when the operator says so. */
function refuseUnsafe(env: RunnerEnv, sandbox: SandboxReport, log: Log): void {
  const faults: string[] = []
  if (sandbox.level === 'none' || sandbox.level === 'process')
    faults.push(
      `the sandbox reaches only "${sandbox.level}" on this machine (${sandbox.notes.join('; ') || 'no notes'})`,
    )
  if (!env.token && !/^(unix:|127\.|localhost:|\[::1\])/.test(env.listen))
    faults.push(`INDAG_RUNNER_LISTEN is ${env.listen}, reachable by others, and INDAG_RUNNER_TOKEN is not set`)
  for (const fault of faults) {
    if (!env.unsafe)
      throw new Error(`Refusing to start: ${fault}. Mend it, or set INDAG_RUNNER_UNSAFE=1 to run all the same`)
    log.warn(`UNSAFE, as INDAG_RUNNER_UNSAFE=1 says: ${fault}`)
  }
}
