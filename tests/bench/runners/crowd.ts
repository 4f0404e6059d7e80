import type { StartedRunner } from '../../support/runner.ts'
import { processTree } from '../../support/process-tree.ts'
import { publish } from '../../runners/contract/ask.ts'
import { treeMegabytes } from '../support/process-memory.ts'
import { quantile, spreadOf } from '../support/statistics.ts'
import type { Spread } from '../support/statistics.ts'
import { newCode } from './cold.ts'
import { drive, requestOf } from './drive.ts'
import { configOf } from './handler.ts'
import { LANGUAGES, openRunner } from './targets.ts'
import type { Language } from './targets.ts'

/** A runner that keeps so many source versions of one trust domain warm. */
export type CrowdPoint = {
  language: Language
  sources: number
  callsPerSecond: Spread
  /** Each round's own ratio to one source. */
  ofOne: Spread
  p50Ms: number
  /** The runner and all below it (PSS), and what one more source added to it. */
  megabytes: number
  megabytesPerSource: number
  /** Child processes that were ended while all sources were called again and again. */
  evicted: number
}

const SIZES = [1, 10, 100, 1_000]
const ROUNDS = 4
const PARALLEL_CALLS = 1_500
const SERIAL_CALLS = 200
const CONFIG = configOf(8)
/** A stride that is prime to every size: all sources are called, no two of one in a row. */
const STRIDE = 617

/** Throughput and memory as one runner's sources grow from one to a thousand. */
export async function measureCrowds(): Promise<CrowdPoint[]> {
  const points: CrowdPoint[] = []
  for (const language of LANGUAGES) points.push(...(await measureCrowd(language)))
  return points
}

async function measureCrowd(language: Language): Promise<CrowdPoint[]> {
  const runner = await openRunner(language)
  const served = { pid: runner.pid, client: runner.client, metadata: runner.metadata() }
  const hashes: string[] = []
  let turn = 0
  const next = (size: number) => () => requestOf(hashes[(turn++ * STRIDE) % size] as string, CONFIG)
  try {
    const points: CrowdPoint[] = []
    let emptyMegabytes = 0
    for (const size of SIZES) {
      await fill(runner, language, hashes, size)
      // Each source's first calls are those of a cold one.
      await drive(served, next(size), Math.max(1_000, size * 2), 8)
      const before = processTree(runner.pid)
      const rounds = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = await drive(served, next(1), PARALLEL_CALLS, 32)
        const all = await drive(served, next(size), PARALLEL_CALLS, 32)
        const serial = await drive(served, next(size), SERIAL_CALLS, 1)
        rounds.push({ one: one.callsPerSecond, all: all.callsPerSecond, p50: quantile(serial.latenciesMs, 0.5) })
      }
      const after = new Set(processTree(runner.pid).map(({ pid }) => pid))
      const megabytes = treeMegabytes(runner.pid)
      emptyMegabytes ||= megabytes
      points.push({
        language,
        sources: size,
        callsPerSecond: spreadOf(rounds.map(({ all }) => all)),
        ofOne: spreadOf(rounds.map(({ one, all }) => all / one)),
        p50Ms: quantile(
          rounds.map(({ p50 }) => p50),
          0.5,
        ),
        megabytes,
        megabytesPerSource: (megabytes - emptyMegabytes) / Math.max(1, size - 1),
        evicted: before.filter(({ pid }) => !after.has(pid)).length,
      })
    }
    return points
  } finally {
    await runner.stop()
  }
}

async function fill(runner: StartedRunner, language: Language, hashes: string[], size: number): Promise<void> {
  while (hashes.length < size) hashes.push(await publish(runner, newCode(language), language))
}

if (import.meta.main)
  console.table(
    (await measureCrowds()).map((point) => ({
      ...point,
      callsPerSecond: point.callsPerSecond.median,
      ofOne: point.ofOne.median,
    })),
  )
