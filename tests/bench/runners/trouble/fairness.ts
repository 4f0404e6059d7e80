import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { CallContext } from '@indag/proto/runner/v1/runner.ts'
import { hashOf } from '../../../../runners/contract/server/versions.ts'
import { startRunner } from '../../../support/runner.ts'
import type { StartedRunner } from '../../../support/runner.ts'

const CODE = {
  javascript: `export async function fetchData(i) { if (i.value === 'burn') for (;;); return { summary: i.value } }`,
  python: `def fetch_data(i, ctx):
    while i.value == "burn": pass
    return {"summary": i.value}
`,
}
const ROUNDS = 5
const ROUND_MS = 2_000
const NEIGHBOURS = 4
const CALLERS = 32
/** What the rogue asks for: as much as it may have. */
const ROGUE_CALLERS = 8
const ROGUE_WALL_MS = 5_000
/** As many as a domain has when its calls hold each other up. */
const ROGUE_CHILDREN = 3

export type Cost = { median: number; least: number; most: number }

/**
 * Calls a second of the neighbours, medians of the rounds. `cost` is the share that they lose by the rogue, from one round to the next; `floor`
 * what they lose by as many endless loops of idle priority that no runner has to do with: what this machine takes for any use of a processor
 * that nobody else wants.
 */
export type Fairness = { language: string; withoutRogue: number; withRogue: number; cost: Cost; floor: Cost }

/**
 * What a source in an endless loop, asked again and again, costs its neighbours of other trust domains: medians of interleaved rounds
 * without and with it.
 */
export async function run(rounds = ROUNDS): Promise<Fairness[]> {
  const rows: Fairness[] = []
  for (const language of ['javascript', 'python'] as const) {
    const runner = await startRunner(language, { INDAG_LOG_LEVEL: 'error', INDAG_RUNNER_UNSAFE: '1' })
    try {
      rows.push({ language, ...(await measure(runner, language, rounds)) })
    } finally {
      await runner.stop()
    }
  }
  return rows
}

async function measure(runner: StartedRunner, language: 'javascript' | 'python', rounds: number) {
  const hash = await publish(runner, language)
  await round(runner, hash)
  const [without, withRogue, withIdle]: [number[], number[], number[]] = [[], [], []]
  for (let count = 0; count < rounds; count += 1) {
    without.push(await round(runner, hash))
    const rogue = startRogue(runner, hash)
    // It takes its children first, and the runner replaces its spares.
    await sleep(1_500)
    withRogue.push(await round(runner, hash))
    await rogue.stop()
    // What was killed is replaced before the next round.
    await sleep(1_500)
    const loops = Array.from({ length: ROGUE_CHILDREN }, () =>
      spawn('chrt', ['-i', '0', 'python3', '-c', 'while 1: pass']),
    )
    await sleep(500)
    withIdle.push(await round(runner, hash))
    for (const loop of loops) loop.kill('SIGKILL')
  }
  return {
    withoutRogue: median(without),
    withRogue: median(withRogue),
    cost: costOf(without, withRogue),
    floor: costOf(without, withIdle),
  }
}

function costOf(without: number[], beside: number[]): Cost {
  const costs = without.map((calls, index) => 1 - (beside[index] ?? 0) / calls)
  return { median: median(costs), least: Math.min(...costs), most: Math.max(...costs) }
}

/** Calls a second of all neighbours together. */
async function round(runner: StartedRunner, hash: string): Promise<number> {
  const endMs = performance.now() + ROUND_MS
  let done = 0
  const caller = async (index: number) => {
    const neighbour = `neighbour-${index % NEIGHBOURS}`
    while (performance.now() < endMs) {
      const error = await ask(runner, hash, neighbour, 'short', 10_000).over
      if (error) throw error
      done += 1
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)))
  return done / (ROUND_MS / 1_000)
}

function startRogue(runner: StartedRunner, hash: string): { stop(): Promise<void> } {
  let stopped = false
  const calls = new Set<{ cancel(): void }>()
  const caller = async () => {
    while (!stopped) {
      const { call, over } = ask(runner, hash, 'rogue', 'burn', ROGUE_WALL_MS)
      calls.add(call)
      await over
      calls.delete(call)
    }
  }
  const callers = Array.from({ length: ROGUE_CALLERS }, caller)
  return {
    stop: async () => {
      stopped = true
      for (const call of calls) call.cancel()
      await Promise.all(callers)
    },
  }
}

function ask(runner: StartedRunner, hash: string, sourceId: string, value: string, wallMs: number) {
  const context = CallContext.fromPartial({ sourceId, trustDomain: sourceId, limits: { wallMs, cpuMs: 60_000 } })
  let call!: { cancel(): void }
  const over = new Promise<Error | null>((resolve) => {
    const options = { deadline: Date.now() + wallMs + 1_000 }
    const request = { hash, indicator: { kind: 'domain', value }, context }
    call = runner.client.fetchData(request, runner.metadata(), options, (error) => resolve(error))
  })
  return { call, over }
}

async function publish(runner: StartedRunner, language: 'javascript' | 'python'): Promise<string> {
  const version = { language, code: CODE[language], requirements: [], hash: '', sourceId: 'bench' }
  version.hash = hashOf(version)
  await new Promise((resolve, reject) => {
    runner.client.update({ version }, runner.metadata(), (error, answer) => (error ? reject(error) : resolve(answer)))
  })
  return version.hash
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

if (import.meta.main)
  for (const { language, withoutRogue, withRogue, cost, floor } of await run())
    console.log(
      `${language.padEnd(12)} neighbours ${Math.round(withoutRogue)} calls/s; beside a source in an endless loop ${Math.round(withRogue)} (${(cost.median * 100).toFixed(1)} % less; floor ${(floor.median * 100).toFixed(1)} %)`,
    )
