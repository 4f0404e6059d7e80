import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the environment says. The only place of the CLI that reads it. */
export type Env = {
  url: string | undefined
  token: string | undefined
  /** Of a runner that is verified; not of the server. */
  runnerToken: string | undefined
  noColor: boolean
  configFile: string
}

export function readEnv(env: NodeJS.ProcessEnv = process.env): Env {
  const configHome = env['XDG_CONFIG_HOME'] || join(homedir(), '.config')
  return {
    url: env['INDAG_URL'] || undefined,
    token: env['INDAG_TOKEN']?.trim() || undefined,
    runnerToken: env['INDAG_RUNNER_TOKEN']?.trim() || undefined,
    // https://no-color.org: set and not empty.
    noColor: Boolean(env['NO_COLOR']) || env['TERM'] === 'dumb',
    configFile: join(configHome, 'indag', 'config.json'),
  }
}
