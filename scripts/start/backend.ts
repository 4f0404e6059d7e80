import { join } from 'node:path'
import type { DataFolder } from './data-folder.ts'
import type { Part, Run } from './keep-running.ts'
import type { Progress } from './progress.ts'
import { repository, type Settings } from './settings.ts'

const POLL_MS = 25
const NOT_READY_AFTER_MS = 20_000

export type BackendOptions = { databaseUrl(): string; runners: string; runnerToken: string }

/** The backend in role `all`. The first start loads the data packages, which takes a while and is told. `onSetupLink` is called with every setup link that it prints. */
export function backendPart(
  settings: Settings,
  folder: DataFolder,
  options: BackendOptions,
  progress: Progress,
  onSetupLink: (link: string) => void,
): Part {
  return {
    name: 'backend',
    command: [process.execPath, join(repository, 'backend/main.ts')],
    environment: () => ({
      ...settings.environment,
      INDAG_ROLE: 'all',
      INDAG_HOST: settings.host,
      INDAG_PORT: String(settings.port),
      INDAG_DATA_DIR: folder.path,
      DATABASE_URL: options.databaseUrl(),
      INDAG_RUNNERS: options.runners,
      INDAG_RUNNER_TOKEN: options.runnerToken,
      INDAG_EXIT_WITH_PARENT: '1',
      NODE_COMPILE_CACHE: folder.cache,
    }),
    ready(run) {
      run.onLine((line) => {
        const dataset = /"dataset":"([\w-]+)".*"message":"dataset loaded"/.exec(line)?.[1]
        if (dataset !== undefined) progress(`loaded: ${dataset}`)
        const link = /https?:\/\/[^\s"]+\/setup#token=[\w.~-]+/.exec(line)?.[0]
        if (link !== undefined) onSetupLink(link)
      })
      return untilReady(settings, run)
    },
  }
}

/** Polls /readyz. A backend that answers but lacks something for long (a remote runner, say) is used as it is, and says what lacks. */
async function untilReady(settings: Settings, run: Run): Promise<string> {
  let ended = false
  void run.ended.then(() => (ended = true))
  let givenUpAt = Infinity
  while (!ended) {
    const answer = await askReadiness(settings)
    if (answer === 'ready') return ''
    if (answer !== null) givenUpAt = Math.min(givenUpAt, Date.now() + NOT_READY_AFTER_MS)
    if (answer !== null && Date.now() > givenUpAt) return `but /readyz says: ${answer.slice(0, 500)}`
    await new Promise((done) => setTimeout(done, POLL_MS))
  }
  return ''
}

/** "ready", what /readyz says instead, or null when nobody answers. */
async function askReadiness({ host, port }: Settings): Promise<string | null> {
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
  try {
    const response = await fetch(`http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/readyz`)
    const text = await response.text()
    return response.ok ? 'ready' : text
  } catch {
    return null
  }
}
