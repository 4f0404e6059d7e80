import { rmSync } from 'node:fs'
import { backendPart } from './backend.ts'
import { hasPython, requireFreePort } from './check-environment.ts'
import { keepSecret, openDataFolder, openSocketFolder, type DataFolder } from './data-folder.ts'
import { keepDatabase, type Database } from './database.ts'
import { keepRunning, type KeptPart, type Part } from './keep-running.ts'
import { openPartLog } from './part-log.ts'
import { StartError, type Progress } from './progress.ts'
import { endpoints, runnerPart, type Language } from './runners.ts'
import type { Settings } from './settings.ts'
import { lockDataFolder, type StartLock } from './start-lock.ts'
import { buildPage, isPageStale } from './web-page.ts'

/** All parts of one running copy. `stop` may be called at any moment, during `start` too; it closes in reverse order. */
export class Indag {
  readonly #settings: Settings
  readonly #progress: Progress
  readonly #onSetupLink: (link: string) => void
  readonly #abort = new AbortController()
  #folder: DataFolder | null = null
  #lock: StartLock | null = null
  #database: Promise<Database> | null = null
  #runners: KeptPart[] = []
  #backend: KeptPart | null = null
  #stopped: Promise<void> | null = null

  constructor(settings: Settings, progress: Progress, onSetupLink: (link: string) => void) {
    this.#settings = settings
    this.#progress = progress
    this.#onSetupLink = onSetupLink
  }

  /** Resolves when everything is ready. When a step fails, what already runs is stopped before the error is thrown. */
  async start(): Promise<void> {
    const folder = openDataFolder(this.#settings.dataDir)
    this.#lock = await lockDataFolder(folder.path, this.#settings.url, this.#progress)
    this.#folder = folder
    try {
      await requireFreePort(this.#settings)
      await this.#startParts(folder)
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#abort.abort()
    this.#lock?.stopping()
    await this.#backend?.stop()
    await Promise.all(this.#runners.map((runner) => runner.stop()))
    await this.#database?.then(
      (database) => database.stop(),
      () => {},
    )
    if (this.#folder !== null) rmSync(this.#folder.sockets, { recursive: true, force: true })
    this.#lock?.release()
  }

  /** PostgreSQL, the page and the runners side by side; the backend as soon as it has a database and a page to serve. */
  async #startParts(folder: DataFolder): Promise<void> {
    // First, because the backend waits for it.
    this.#database = this.#openDatabase(folder)
    this.#database.catch(() => {})
    const runnerToken = this.#settings.runnerToken ?? keepSecret(folder, 'runner-token')
    const languages = this.#runnersToStart()
    openSocketFolder(folder)
    this.#runners = languages.map((language) =>
      this.#keep(folder, runnerPart(language, this.#settings, folder, runnerToken)),
    )
    const runnersReady = Promise.all(this.#runners.map((runner) => runner.ready))
    const page = isPageStale() ? buildPage(this.#settings, this.#progress, this.#abort.signal) : Promise.resolve()
    const backendReady = Promise.all([this.#database, page]).then(([{ url }]) => {
      if (this.#abort.signal.aborted) throw new StartError('stopped')
      const runners = this.#settings.runners ?? endpoints(folder, languages)
      const part = backendPart(
        this.#settings,
        folder,
        { databaseUrl: url, runners, runnerToken },
        this.#progress,
        this.#onSetupLink,
      )
      this.#backend = this.#keep(folder, part)
      return this.#backend.ready
    })
    await Promise.all([runnersReady, backendReady])
  }

  #keep(folder: DataFolder, part: Part): KeptPart {
    const log = openPartLog(folder.logs, part.name.replace(' ', '-'), this.#progress)
    return keepRunning(part, log, this.#progress, (pid) => this.#lock?.addPart(pid))
  }

  #openDatabase(folder: DataFolder): Promise<Database> {
    const given = this.#settings.databaseUrl
    if (given !== null) return Promise.resolve({ url: () => given, stop: async () => {} })
    return keepDatabase(folder.postgres, this.#progress, () => this.#backend?.restart())
  }

  #runnersToStart(): Language[] {
    if (this.#settings.runners !== null) return []
    if (hasPython(this.#settings)) return ['javascript', 'python']
    this.#progress(
      `${this.#settings.python} was not found: the Python runner is not started and its sources will not answer. ` +
        'Install Python 3, or set INDAG_RUNNER_PYTHON.',
    )
    return ['javascript']
  }
}
