/** What a runner is told by its environment. The only file of the runners that reads `process.env`. */
export type RunnerEnv = {
  /** `host:port` (port 0 = any free one) or `unix:/path`. */
  listen: string
  /** Every RPC but health must show it; absent = no check. */
  token?: string
  /** The operator's exceptions: `host`, `host:port`, address or CIDR that may be private. */
  privateHosts: string[]
  /** A PEM file of authorities that sources may trust besides the system's. */
  caFile?: string
  /** `ip` or `ip:port`; empty = the system's. */
  dnsServers: string[]
  /** Run although the sandbox is below the minimum. */
  unsafe: boolean
  /** Python interpreter. */
  python: string
  stateDir?: string
  exitWithParent: boolean
  /** `host:port` of the metrics; absent = none are kept. */
  metricsAddress?: string
  /** How long running calls have to end when the runner is told to. */
  drainMs: number
  /** Where spans go, an http(s) address; absent = none are made. */
  otlpEndpoint?: string
  /** Who is told of defects; absent = nobody, and nothing of it is loaded. */
  sentry?: { dsn: string; environment: string; release?: string }
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

const DRAIN_MS = 10_000
const LONGEST_DRAIN_MS = 10 * 60_000
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** Reads and checks the environment; throws an Error that names the variable and the fix. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): RunnerEnv {
  const listen = source.INDAG_RUNNER_LISTEN || '127.0.0.1:50051'
  if (!/^unix:\/|^(\[[0-9a-f:.]+\]|[^:\s]+):\d{1,5}$/i.test(listen))
    throw new Error(
      `INDAG_RUNNER_LISTEN is "${listen}": write host:port (port 0 for any free one) or unix:/absolute/path`,
    )
  const logLevel = LOG_LEVELS.find((level) => level === (source.INDAG_LOG_LEVEL || 'info'))
  if (!logLevel)
    throw new Error(`INDAG_LOG_LEVEL is "${source.INDAG_LOG_LEVEL}": write one of ${LOG_LEVELS.join(', ')}`)
  return {
    listen,
    ...(source.INDAG_RUNNER_TOKEN ? { token: source.INDAG_RUNNER_TOKEN } : {}),
    privateHosts: list(source.INDAG_RUNNER_PRIVATE_HOSTS),
    ...(source.INDAG_RUNNER_CA_FILE ? { caFile: source.INDAG_RUNNER_CA_FILE } : {}),
    dnsServers: list(source.INDAG_RUNNER_DNS),
    unsafe: source.INDAG_RUNNER_UNSAFE === '1',
    python: source.INDAG_RUNNER_PYTHON || 'python3',
    ...(source.INDAG_RUNNER_STATE_DIR ? { stateDir: source.INDAG_RUNNER_STATE_DIR } : {}),
    ...(source.INDAG_RUNNER_METRICS_ADDRESS
      ? { metricsAddress: metricsAddress(source.INDAG_RUNNER_METRICS_ADDRESS) }
      : {}),
    drainMs: drainMs(source.INDAG_RUNNER_DRAIN_MS),
    ...(source.OTEL_EXPORTER_OTLP_ENDPOINT ? { otlpEndpoint: otlpEndpoint(source.OTEL_EXPORTER_OTLP_ENDPOINT) } : {}),
    ...(source.SENTRY_DSN ? { sentry: sentry(source, source.SENTRY_DSN) } : {}),
    exitWithParent: source.INDAG_EXIT_WITH_PARENT === '1',
    logLevel,
  }
}

function metricsAddress(text: string): string {
  if (/^(\[[0-9a-f:.]+\]|[^:\s/]+):\d{1,5}$/i.test(text)) return text
  throw new Error(`INDAG_RUNNER_METRICS_ADDRESS is "${text}": write host:port (port 0 for any free one)`)
}

function drainMs(text: string | undefined): number {
  const ms = Number(text || DRAIN_MS)
  if (Number.isInteger(ms) && ms >= 0 && ms <= LONGEST_DRAIN_MS) return ms
  throw new Error(`INDAG_RUNNER_DRAIN_MS is "${text}": write milliseconds, 0 to ${LONGEST_DRAIN_MS}`)
}

function otlpEndpoint(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new Error(
    `OTEL_EXPORTER_OTLP_ENDPOINT is "${text}": write the collector's address, such as http://localhost:4318`,
  )
}

function sentry(source: NodeJS.ProcessEnv, dsn: string): NonNullable<RunnerEnv['sentry']> {
  if (!URL.canParse(dsn)) throw new Error('SENTRY_DSN is no address: write the one that Sentry gave you')
  const release = source.SENTRY_RELEASE
  return { dsn, environment: source.SENTRY_ENVIRONMENT || 'production', ...(release ? { release } : {}) }
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}
