import { showSpread } from '../support/statistics.ts'
import { table } from '../support/table.ts'
import * as fairness from './trouble/fairness.ts'
import { measurePool } from './trouble/pool.ts'
import * as recovery from './trouble/recovery.ts'
import { measureUnderAttack } from './trouble/under-attack.ts'

const FAIRNESS_ROUNDS = 3

/** How runners hold: against hostile code, unfair sources, and their own end. */
export const HOLDING = [describeUnderAttack, describeFairness, describeRecovery, describePool]

async function describeUnderAttack(): Promise<string> {
  const rows = await measureUnderAttack()
  return [
    '## Hostile code',
    '',
    "Several kinds of code that does not stop, each with 100 ms of wall time, and beside them a neighbour's calls from another trust domain,",
    'idle and attacked in turn.',
    '',
    table(
      [
        '',
        'answered after its deadline by, ms',
        'the worst was',
        'goal',
        'neighbour p99 idle ms',
        'attacked ms',
        'ratio',
        'goal',
        'failed calls',
      ],
      rows.map((row) => [
        row.language,
        showSpread(row.beyondMs, 0),
        row.worst,
        'at most 100',
        showSpread(row.idleP99Ms, 1),
        showSpread(row.attackedP99Ms, 1),
        showSpread(row.ratio, 1),
        'at most 3',
        `${row.errors} of ${row.neighbourCalls}, goal 0`,
      ]),
    ),
  ].join('\n')
}

async function describeFairness(): Promise<string> {
  const rows = await fairness.run(FAIRNESS_ROUNDS)
  return [
    '## A source in an endless loop, and its neighbours',
    '',
    'The floor is what as many loops of idle priority cost that no runner has to do with: on processors that share a core, or a machine with',
    'others, also unused time has a price. In brackets the least and the most of the rounds.',
    '',
    table(
      ['', "neighbours' calls/s without it", 'with it', 'less by', 'floor', 'goal'],
      rows.map((row) => [
        row.language,
        Math.round(row.withoutRogue).toLocaleString('en'),
        Math.round(row.withRogue).toLocaleString('en'),
        showCost(row.cost),
        showCost(row.floor),
        'at most 5 %',
      ]),
    ),
  ].join('\n')
}

function showCost({ median, least, most }: fairness.Cost): string {
  const [middle, ...ends] = [median, least, most].map((share) => (share * 100).toFixed(0))
  return `${middle} % (${ends.join(' to ')})`
}

async function describeRecovery(): Promise<string> {
  const rows = await recovery.run()
  return [
    '## The same source again, after its child was killed from outside',
    '',
    table(
      ['', 'p50 ms', 'p95 ms', 'goal, p95', 'worst ms'],
      rows.map((row) => [row.language, row.p50Ms.toFixed(1), row.p95Ms.toFixed(1), '25 ms', row.maximumMs.toFixed(1)]),
    ),
  ].join('\n')
}

async function describePool(): Promise<string> {
  const rows = await measurePool()
  return [
    '## Two runners of a language behind the pool, one of them killed under load',
    '',
    table(
      ['', 'one runner, calls/s', 'two', 'ratio', 'longest gap ms', 'around the kill ms', 'failed calls', 'goal'],
      rows.map((row) => [
        row.language,
        Math.round(row.oneRunner).toLocaleString('en'),
        Math.round(row.twoRunners).toLocaleString('en'),
        row.ratio.toFixed(2),
        row.usualGapMs.toFixed(0),
        row.killGapMs.toFixed(0),
        String(row.failed),
        '0',
      ]),
    ),
  ].join('\n')
}
