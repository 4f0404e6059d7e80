import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { DescribeResponse } from '@indag/proto/runner/v1/runner.ts'
import { describeRunner, loadOf, startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, json, update, versionOf } from '../contract/ask.ts'
import type { Answer, Context } from '../contract/ask.ts'
import { askHook } from './ask-hook.ts'
import type { Attack, Targets } from './attack.ts'
import { Canaries } from './canaries.ts'
import { openListeners } from './listeners.ts'
import type { Listeners } from './listeners.ts'
import { askNeighbour, startNeighbour } from './neighbour.ts'
import type { Neighbour } from './neighbour.ts'
import { startProvider } from './provider.ts'
import type { Provider } from './provider.ts'
import { treeUse } from './runner-tree.ts'
import type { TreeUse } from './runner-tree.ts'

const MB = 1024 * 1024
const LIMITS = {
  wallMs: 300,
  cpuMs: 300,
  memoryBytes: 32 * MB,
  outputBytes: 64 * 1024,
  logLines: 20,
  outgoingCalls: 10,
}
/** Of an attack that may run out of time; the others must end before any clock, on a slow machine too. */
const SHORT_MS = 300
const LONG_MS = 15_000
/** An attack that falls with another one's process has shown nothing: it is let loose again. */
const ROUNDS = 4
/** The client's own patience: far above every limit, so that it is always the runner who answers. */
const PATIENCE_MS = 25_000
/** So many attacks run at once, each in a trust domain of its own. */
const LANES = 4
const IDLE_LOOK_MS = 300

export type ArenaOptions = {
  language: 'javascript' | 'python'
  /** Answers with `secrets.token`, `config.label` and the indicator's value, joined by blanks. */
  neighbourCode: string
  env?: Record<string, string>
}

/** What one attack came to, and what it was seen to get that it must not. */
export type Ordeal = { ending: string; message: string; breaches: string[] }

/**
 * The real runner program, a neighbour that lives in it, canaries around it and ears on loopback. Attacks are let loose in it, a few at a
 * time; what they could observe and do is looked for from outside.
 */
export class Arena {
  readonly runner: StartedRunner
  readonly targets: Targets
  readonly neighbour: Neighbour
  readonly provider: Provider
  readonly #language: string
  readonly #canaries: Canaries
  readonly #listeners: Listeners
  readonly #folder: string
  readonly #instanceId: string
  readonly #victimSecret: string
  readonly #victimLabel: string
  readonly #lanes = Array.from({ length: LANES }, (_, index) => index)
  readonly #waiting: ((lane: number) => void)[] = []

  private constructor(parts: ArenaParts) {
    this.runner = parts.runner
    this.targets = parts.targets
    this.neighbour = parts.neighbour
    this.provider = parts.provider
    this.#language = parts.language
    this.#canaries = parts.canaries
    this.#listeners = parts.listeners
    this.#folder = parts.folder
    this.#instanceId = parts.instanceId
    this.#victimSecret = parts.canaries.plant("the victim's secret")
    this.#victimLabel = parts.canaries.plant("the victim's config")
  }

  static async open({ language, neighbourCode, env = {} }: ArenaOptions): Promise<Arena> {
    const canaries = new Canaries()
    const folder = mkdtempSync('/tmp/indag-hostile-')
    chmodSync(folder, 0o755)
    const openFolder = join(folder, 'open')
    mkdirSync(openFolder)
    chmodSync(openFolder, 0o777)
    const outsideFile = join(folder, 'outside')
    writeFileSync(outsideFile, canaries.plant('a file outside'), { mode: 0o644 })
    const [listeners, provider] = await Promise.all([openListeners(folder), startProvider()])
    const environmentName = 'INDAG_CANARY'
    const runner = await startRunner(language, {
      INDAG_RUNNER_STATE_DIR: join(folder, 'state'),
      INDAG_RUNNER_TOKEN: canaries.plant("the runner's token"),
      INDAG_RUNNER_PRIVATE_HOSTS: `127.0.0.1:${provider.port}`,
      [environmentName]: canaries.plant('the environment'),
      ...env,
    })
    const runFolder = readdirSync(join(folder, 'state')).find((name) => name.startsWith('indag-run-')) ?? ''
    const runnerFile = join(folder, 'state', runFolder, 'canary')
    writeFileSync(runnerFile, canaries.plant("a file beside the runner's own"), { mode: 0o644 })
    const { tcpPort, udpPort, unixPath, abstractName } = listeners
    const targets: Targets = {
      ...{ outsideFile, runnerFile, openFolder, environmentName, tcpPort, udpPort, unixPath, abstractName },
      mark: `indag-written-${process.pid}-${tcpPort}`,
      runnerPid: runner.pid,
      provider: `127.0.0.1:${provider.port}`,
    }
    const secret = canaries.plant("the neighbour's secret")
    const label = canaries.plant("the neighbour's config")
    const code = neighbourCode.replaceAll('CODE', canaries.plant("the neighbour's code"))
    const neighbour = await startNeighbour(runner, language, code, { domain: 'neighbour', secret, label })
    const { instanceId } = await describeRunner(runner)
    return new Arena({ runner, targets, neighbour, provider, language, canaries, listeners, folder, instanceId })
  }

  /** Lets one attack loose and waits for what it comes to. Its domain must answer a harmless question afterwards. */
  async suffer(attack: Attack): Promise<Ordeal> {
    const lane = await this.#takeLane()
    try {
      const version = versionOf(attack.code, this.#language)
      const { diagnostics } = await update(this.runner, version)
      if (diagnostics.length > 0) return this.#judge('syntax', JSON.stringify(diagnostics))
      let ordeal = await this.#letLoose(attack, version, `lane-${lane}`)
      for (let round = 1; round < ROUNDS && isLost(ordeal); round += 1)
        ordeal = await this.#letLoose(attack, version, `lane-${lane}`)
      return ordeal
    } finally {
      this.#giveLane(lane)
    }
  }

  async #letLoose(attack: Attack, version: ReturnType<typeof versionOf>, domain: string): Promise<Ordeal> {
    const victim = attack.victim ? this.#askVictim(version.hash) : undefined
    if (attack.victim === 'before') await victim
    const context = this.#contextOf(attack, domain)
    const seen = await askHook(this.runner, version, attack.hook ?? 'fetchData', context, PATIENCE_MS)
    await victim
    const ordeal = this.#judge(seen.ending, seen.text)
    const home = { domain, secret: 'own', label: 'own' }
    const after = await askNeighbour(this.runner, this.neighbour.hash, 'after', home)
    if (after !== 'own own after') ordeal.breaches.push(`its domain then said: ${after}`)
    return ordeal
  }

  #judge(ending: string, text: string): Ordeal {
    return {
      ending,
      message: text.slice(0, 500),
      breaches: this.#canaries.foundIn(text).map((place) => `it got ${place}`),
    }
  }

  /** A word that no attack may get. */
  steal(): string {
    return readFileSync(this.targets.outsideFile, 'utf8')
  }

  /** All that was seen from outside until now and must not be. */
  async breaches(): Promise<string[]> {
    const { neighbour, runner, targets } = this
    const found = [...this.#listeners.heard.map((each) => `somebody was heard: ${each}`)]
    found.push(...neighbour.errors.map((each) => `the neighbour answered: ${each}`))
    if (neighbour.answered === 0) found.push('the neighbour never answered')
    found.push(...this.#canaries.foundIn(runner.logs.join('\n')).map((place) => `the log has ${place}`))
    for (const request of this.provider.requests)
      found.push(...this.#canaries.foundIn(request).map((place) => `the provider got ${place}`))
    const places = [
      targets.openFolder,
      '/tmp',
      '/var/tmp',
      '/dev/shm',
      '/',
      process.cwd(),
      join(targets.runnerFile, '..'),
    ]
    for (const place of places) if (existsSync(join(place, targets.mark))) found.push(`a file was written to ${place}`)
    for (const name of readdirSync(targets.openFolder)) found.push(`${name} was written to the open folder`)
    if (this.#canaries.foundIn(readFileSync(targets.outsideFile, 'utf8')).length !== 1)
      found.push('the file outside was changed')
    const { instanceId } = await describeRunner(runner)
    if (instanceId !== this.#instanceId) found.push('the runner is another one')
    return found
  }

  /** The use of the runner's tree once nothing of it computes any longer; undefined while something does. */
  async idleUse(): Promise<TreeUse | undefined> {
    const before = treeUse(this.runner.pid)
    await new Promise((done) => setTimeout(done, IDLE_LOOK_MS))
    const after = treeUse(this.runner.pid)
    return after.cpuSeconds - before.cpuSeconds <= (IDLE_LOOK_MS / 1000) * 0.2 ? after : undefined
  }

  async load(): Promise<NonNullable<DescribeResponse['load']>> {
    return loadOf(this.runner)
  }

  async close(): Promise<void> {
    await this.neighbour.stop()
    await this.runner.stop()
    this.#listeners.close()
    this.provider.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #contextOf(attack: Attack, lane: string): Context {
    const ms = attack.ends.includes('timeout') ? SHORT_MS : LONG_MS
    const limits = { ...LIMITS, wallMs: ms, cpuMs: ms, ...attack.context?.limits } as never
    const { provider, tcpPort } = this.targets
    const hosts =
      attack.context?.hosts?.map((host) => host.replace('PROVIDER', provider).replace('EAR', `${tcpPort}`)) ?? []
    return { trustDomain: lane, sourceId: lane, configJson: json(this.targets), ...attack.context, hosts, limits }
  }

  #askVictim(hash: string): Promise<Answer> {
    const context = {
      ...{ trustDomain: 'victim', sourceId: 'victim', limits: { ...LIMITS, wallMs: LONG_MS, cpuMs: LONG_MS } as never },
      ...{ secrets: { token: this.#victimSecret }, configJson: json({ label: this.#victimLabel }) },
    }
    return ask(this.runner, hash, { value: 'victim', context, deadlineMs: PATIENCE_MS })
  }

  #takeLane(): Promise<number> {
    const lane = this.#lanes.pop()
    return lane === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(lane)
  }

  #giveLane(lane: number): void {
    const next = this.#waiting.shift()
    if (next) next(lane)
    else this.#lanes.push(lane)
  }
}

type ArenaParts = {
  runner: StartedRunner
  targets: Targets
  neighbour: Neighbour
  provider: Provider
  language: string
  canaries: Canaries
  listeners: Listeners
  folder: string
  instanceId: string
}

function isLost({ ending, message }: Ordeal): boolean {
  return ending === 'crashed' && message.includes('another call')
}
