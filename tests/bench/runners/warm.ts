import { quantile, spreadOf } from '../support/statistics.ts'
import type { Spread } from '../support/statistics.ts'
import { drive, requestOf } from './drive.ts'
import type { CpuUs, Driven } from './drive.ts'
import { configOf } from './handler.ts'
import { openTargets } from './targets.ts'
import type { Target } from './targets.ts'

/** One target with one payload at one concurrency. `figure`: p50 in ms for one caller, calls a second for several. */
export type WarmCell = {
  name: Target['name']
  payload: string
  concurrency: number
  figure: Spread
  p99Ms: number
  /** The rounds' own ratios to the bare echo, and to the handler without a sandbox. */
  ofEcho: Spread
  ofInline: Spread
  cpuUs: CpuUs
}

const ROUNDS = 5
const WARM_UP_CALLS = 2_500
/** Calls a round: a fifth of a second or more each, so that one pause of the machine does not make the round. */
const SHAPES = [
  { payload: '200 B', rows: 8, concurrency: 1, calls: 500 },
  { payload: '20 kB', rows: 800, concurrency: 1, calls: 200 },
  { payload: '200 B', rows: 8, concurrency: 32, calls: 3_000 },
  { payload: '20 kB', rows: 800, concurrency: 32, calls: 600 },
]

/** Warm calls of one version of each runner against the floors: rounds interleaved, each ratio within its round. */
export async function measureWarm(only?: string): Promise<WarmCell[]> {
  const targets = await openTargets()
  const shapes = SHAPES.filter((shape) => only === undefined || shape.payload === only)
  try {
    for (const target of targets) await driveShape(target, { ...SHAPES[0]!, calls: WARM_UP_CALLS, concurrency: 32 })
    for (const target of targets) for (const shape of shapes) await driveShape(target, shape)
    const rounds: Map<string, Driven>[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const driven = new Map<string, Driven>()
      for (const shape of shapes)
        for (const target of targets) driven.set(keyOf(target.name, shape), await driveShape(target, shape))
      rounds.push(driven)
    }
    return shapes.flatMap((shape) => targets.map(({ name }) => cellOf(name, shape, rounds)))
  } finally {
    for (const target of targets) await target.stop()
  }
}

type Shape = (typeof SHAPES)[number]
const keyOf = (name: string, shape: Shape) => `${name} ${shape.payload} ${shape.concurrency}`

function driveShape(target: Target, shape: Shape): Promise<Driven> {
  const request = requestOf(target.hash, configOf(shape.rows))
  return drive(target, () => request, shape.calls, shape.concurrency)
}

function cellOf(name: Target['name'], shape: Shape, rounds: Map<string, Driven>[]): WarmCell {
  const driven = (who: string, round: Map<string, Driven>) => round.get(keyOf(who, shape)) as Driven
  const figureOf = ({ latenciesMs, callsPerSecond }: Driven) =>
    shape.concurrency === 1 ? quantile(latenciesMs, 0.5) : callsPerSecond
  const against = (floor: string) =>
    spreadOf(rounds.map((round) => figureOf(driven(name, round)) / figureOf(driven(floor, round))))
  const mine = rounds.map((round) => driven(name, round))
  const mean = (who: keyof CpuUs) => mine.reduce((sum, each) => sum + each.cpuUs[who], 0) / mine.length
  return {
    name,
    payload: shape.payload,
    concurrency: shape.concurrency,
    figure: spreadOf(mine.map(figureOf)),
    p99Ms: quantile(
      mine.map(({ latenciesMs }) => quantile(latenciesMs, 0.99)),
      0.5,
    ),
    ofEcho: against('echo'),
    ofInline: against('inline'),
    cpuUs: { client: mean('client'), server: mean('server'), children: mean('children') },
  }
}

if (import.meta.main) {
  for (const { name, payload, concurrency, figure, ofEcho, ofInline, cpuUs } of await measureWarm(process.argv[2])) {
    const { client, server, children } = cpuUs
    console.log(
      `${payload} c=${concurrency}`.padEnd(12),
      name.padEnd(11),
      figure.median.toFixed(3).padStart(9),
      `${ofEcho.median.toFixed(2)} F (${ofEcho.least.toFixed(2)}–${ofEcho.most.toFixed(2)}), ${ofInline.median.toFixed(2)} N;`,
      `CPU µs: client ${client.toFixed(0)}, server ${server.toFixed(0)}, children ${children.toFixed(0)}`,
    )
  }
}
