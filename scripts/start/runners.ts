import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DataFolder } from './data-folder.ts'
import type { Part } from './keep-running.ts'
import { repository, type Settings } from './settings.ts'

export type Language = 'javascript' | 'python'

export function socketOf(folder: DataFolder, language: Language): string {
  return join(folder.sockets, `${language}.sock`)
}

/** What the backend is told: `javascript=unix:/…,python=unix:/…`. Known before the runners start, so that all start at once. */
export function endpoints(folder: DataFolder, languages: readonly Language[]): string {
  return languages.map((language) => `${language}=unix:${socketOf(folder, language)}`).join(',')
}

/** The runner of one language, on a socket that only this account can open, with the token that the backend shows it. */
export function runnerPart(language: Language, settings: Settings, folder: DataFolder, token: string): Part {
  const socket = socketOf(folder, language)
  return {
    name: `runner ${language}`,
    command: [process.execPath, join(repository, 'runners', language, 'main.ts')],
    environment: () => ({
      ...pick(settings.environment),
      INDAG_RUNNER_LISTEN: `unix:${socket}`,
      INDAG_RUNNER_TOKEN: token,
      INDAG_RUNNER_STATE_DIR: join(folder.runners, language),
      INDAG_EXIT_WITH_PARENT: '1',
      NODE_COMPILE_CACHE: folder.cache,
    }),
    prepare() {
      mkdirSync(join(folder.runners, language), { recursive: true, mode: 0o700 })
      // Left by a killed runner; a new one cannot listen on it.
      rmSync(socket, { force: true })
    },
    ready: (run) =>
      new Promise((resolve) =>
        run.onLine((line) => {
          if (line.startsWith('{"ready":true')) resolve(`sandbox: ${sandboxOf(line)}`)
        }),
      ),
  }
}

/** A runner gets what it needs by name: no database, no key of the backend, none of the shell's other secrets. */
function pick(environment: Record<string, string>): Record<string, string> {
  const usual = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'USER', 'INDAG_LOG_LEVEL']
  const plain = [...usual, 'OTEL_EXPORTER_OTLP_ENDPOINT', 'SENTRY_DSN', 'SENTRY_ENVIRONMENT', 'SENTRY_RELEASE']
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => plain.includes(name) || name.startsWith('INDAG_RUNNER_')),
  )
}

function sandboxOf(line: string): string {
  return (JSON.parse(line) as { sandbox?: string }).sandbox ?? 'unknown'
}
