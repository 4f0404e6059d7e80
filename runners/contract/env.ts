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
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

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
    exitWithParent: source.INDAG_EXIT_WITH_PARENT === '1',
    logLevel,
  }
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}
