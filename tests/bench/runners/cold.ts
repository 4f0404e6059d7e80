import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { StartedRunner } from '../../support/runner.ts'
import { publish, update, versionOf } from '../../runners/contract/ask.ts'
import { quantile, spreadOf } from '../support/statistics.ts'
import type { Spread } from '../support/statistics.ts'
import { drive, requestOf } from './drive.ts'
import { CODE, configOf } from './handler.ts'
import { LANGUAGES, openRunner } from './targets.ts'
import type { Language } from './targets.ts'

/** What code costs that was never seen before; milliseconds. */
export type Cold = {
  language: Language
  /** The first call of a version that was pushed before: an isolate or a worker of its own, in a warm trust domain. */
  fresh: Spread
  /** The push and the first call. */
  cold: Spread
  coldP95Ms: number
}
export type ColdResult = { rows: Cold[]; pythonStart: Spread }

const ROUNDS = 5
const VERSIONS = 30
const CONFIG = configOf(8)
let made = 0

/** Fresh and cold versions of each runner, back to back, beside the start of a bare interpreter, which is the floor of Python's goal. */
export async function measureCold(): Promise<ColdResult> {
  const runners = await Promise.all(
    LANGUAGES.map(async (language) => ({ language, runner: await openRunner(language) })),
  )
  try {
    const rounds = { python: [] as number[], javascriptFresh: [] as number[] }
    const measured = new Map(
      LANGUAGES.map((language) => [language, { fresh: [] as number[], cold: [] as number[], p95: [] as number[] }]),
    )
    for (const { language, runner } of runners) await callEach(runner, await publishSome(runner, language))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { language, runner } of runners) {
        const mine = measured.get(language)!
        const fresh = await callEach(runner, await publishSome(runner, language))
        const cold = await coldEach(runner, language)
        mine.fresh.push(quantile(fresh, 0.5))
        mine.cold.push(quantile(cold, 0.5))
        mine.p95.push(quantile(cold, 0.95))
      }
      rounds.python.push(await startPython())
    }
    const rows = [...measured].map(([language, { fresh, cold, p95 }]) => ({
      language,
      fresh: spreadOf(fresh),
      cold: spreadOf(cold),
      coldP95Ms: quantile(p95, 0.5),
    }))
    return { rows, pythonStart: spreadOf(rounds.python) }
  } finally {
    for (const { runner } of runners) await runner.stop()
  }
}

/** A version that no runner has seen: the handler, and a comment of its own. */
export function newCode(language: Language): string {
  made += 1
  return `${CODE[language]}${language === 'javascript' ? '//' : '#'} ${made}\n`
}

async function publishSome(runner: StartedRunner, language: Language): Promise<string[]> {
  const hashes: string[] = []
  for (let index = 0; index < VERSIONS; index += 1) hashes.push(await publish(runner, newCode(language), language))
  return hashes
}

async function callEach(runner: StartedRunner, hashes: string[]): Promise<number[]> {
  const served = { pid: runner.pid, client: runner.client, metadata: runner.metadata() }
  const queue = hashes.values()
  const next = () => requestOf(queue.next().value as string, CONFIG)
  return (await drive(served, next, hashes.length, 1)).latenciesMs
}

async function coldEach(runner: StartedRunner, language: Language): Promise<number[]> {
  const tookMs: number[] = []
  for (let index = 0; index < VERSIONS; index += 1) {
    const version = versionOf(newCode(language), language)
    const startedAt = performance.now()
    await update(runner, version)
    await callEach(runner, [version.hash])
    tookMs.push(performance.now() - startedAt)
  }
  return tookMs
}

async function startPython(): Promise<number> {
  const tookMs: number[] = []
  for (let index = 0; index < 10; index += 1) {
    const startedAt = performance.now()
    await once(spawn('python3', ['-I', '-S', '-c', 'pass'], { stdio: 'ignore' }), 'exit')
    tookMs.push(performance.now() - startedAt)
  }
  return quantile(tookMs, 0.5)
}

if (import.meta.main) console.dir(await measureCold(), { depth: 4 })
