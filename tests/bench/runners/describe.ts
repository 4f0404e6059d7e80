import { describeOrWhy } from '../support/describe-or-why.ts'
import { showSpread } from '../support/statistics.ts'
import { table } from '../support/table.ts'
import { measureCold } from './cold.ts'
import { measureCrowds } from './crowd.ts'
import { HOLDING } from './describe-holding.ts'
import { measureFetch } from './plugin-fetch.ts'
import { measureWarm } from './warm.ts'
import type { WarmCell } from './warm.ts'

/** Everything about runners, as a part of the page. */
export async function describeRunners(): Promise<string> {
  const parts: string[] = []
  for (const describe of [describeWarm, describeCold, describeCrowds, describeFetch, ...HOLDING])
    parts.push(await describeOrWhy(describe))
  return parts.join('\n\n')
}

const GOALS: Record<string, Record<string, string>> = {
  '200 B 1': { javascript: 'at most 1.6 F', python: 'at most 1.35 F' },
  '200 B 32': { javascript: 'at least 0.8 F', python: 'at least 0.85 F' },
}

async function describeWarm(): Promise<string> {
  const cells = await measureWarm()
  const header = [
    'payload, callers',
    '',
    'median (rounds)',
    'of F',
    'of N',
    'goal',
    'p99 ms',
    'CPU µs: caller + server + children',
  ]
  return [
    '## One warm source call through a runner, against a bare gRPC echo (F) and the handler without a sandbox (N)',
    '',
    'JSON of that size each way. One caller: p50 in ms; 32 callers: calls/s. Medians of interleaved rounds, the least and the most of',
    'them in brackets; each ratio is that of figures of one round. The CPU time of a call hardly depends on how busy the machine is.',
    '',
    table(header, cells.map(warmRow)),
  ].join('\n')
}

function warmRow(cell: WarmCell): string[] {
  const { name, payload, concurrency, figure, ofEcho, ofInline, p99Ms, cpuUs } = cell
  return [
    `${payload}, ${concurrency}`,
    name,
    concurrency === 1 ? `${showSpread(figure, 3)} ms` : `${showSpread(figure, 0)} /s`,
    name === 'echo' ? '' : showSpread(ofEcho, 2),
    name === 'echo' || name === 'inline' ? '' : showSpread(ofInline, 2),
    GOALS[`${payload} ${concurrency}`]?.[name] ?? '',
    p99Ms.toFixed(1),
    [cpuUs.client, cpuUs.server, cpuUs.children].map((each) => each.toFixed(0)).join(' + '),
  ]
}

async function describeCold(): Promise<string> {
  const { rows, pythonStart } = await measureCold()
  const half = pythonStart.median / 2
  return [
    '## Code that was never seen before',
    '',
    'Fresh: the first call of a version that was pushed before, in an isolate or a worker of its own. Cold: the push and the first call.',
    `Versions come back to back. \`python3 -I -S -c pass\` takes ${showSpread(pythonStart, 1)} ms here: half of it is Python's goal.`,
    '',
    table(
      ['', 'fresh p50 ms', 'cold p50 ms', 'cold p95 ms', 'goal, cold p50'],
      rows.map(({ language, fresh, cold, coldP95Ms }) => [
        language,
        showSpread(fresh, 1),
        showSpread(cold, 1),
        coldP95Ms.toFixed(1),
        language === 'javascript' ? '5 ms' : `${half.toFixed(1)} ms`,
      ]),
    ),
  ].join('\n')
}

async function describeCrowds(): Promise<string> {
  const points = await measureCrowds()
  return [
    '## How a runner grows with its warm sources',
    '',
    'All of one trust domain, called in turn by 32 callers, p50 by one. Memory is PSS of the runner and all its children; evicted are child',
    'processes that ended meanwhile.',
    '',
    table(
      ['', 'sources', 'calls/s', 'of one source', 'goal', 'p50 ms', 'MB', 'MB a source', 'evicted'],
      points.map((point) => [
        point.language,
        point.sources.toLocaleString('en'),
        showSpread(point.callsPerSecond, 0),
        showSpread(point.ofOne, 2),
        point.sources === 1_000 ? 'at least 0.5' : '',
        point.p50Ms.toFixed(2),
        point.megabytes.toFixed(0),
        point.sources === 1 ? '' : point.megabytesPerSource.toFixed(1),
        String(point.evicted),
      ]),
    ),
  ].join('\n')
}

async function describeFetch(): Promise<string> {
  const rows = await measureFetch()
  return [
    "## A plugin's fetch, against the host's own",
    '',
    'To a provider on loopback, one after the other and 16 at once; the host without allow-list, address check, limits and report.',
    '',
    table(
      ['', 'serial ms', 'of `fetch()`', 'goal', 'of undici', '16 at once, ms each', 'of `fetch()`'],
      rows.map((row) => [
        row.who,
        showSpread(row.serialMs, 3),
        showSpread(row.serialRatio, 2),
        row.who === 'javascript' || row.who === 'python' ? 'at most 2' : '',
        row.ofUndici.toFixed(2),
        showSpread(row.parallelMs, 3),
        showSpread(row.parallelRatio, 2),
      ]),
    ),
  ].join('\n')
}
