import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describeOrWhy } from './support/describe-or-why.ts'
import { table } from './support/table.ts'

/**
 * `npm run bench` measures everything in one run and prints it; `npm run bench -- --write` also writes docs/benchmarks.md;
 * `npm run bench -- extraction runners` measures some. A section is loaded when its turn comes: it needs no more than it measures.
 */
const sections: Record<string, () => Promise<string>> = {
  extraction: describeExtraction,
  runners: async () => (await import('./runners/describe.ts')).describeRunners(),
  enrichment: describeEnrichment,
  curve: describeCurve,
  start: describeStart,
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = wanted.find((name) => !(name in sections))
if (unknown) {
  console.error(`There is no benchmark "${unknown}". There are: ${Object.keys(sections).join(', ')}.`)
  process.exit(2)
}
if (wanted.length > 0 && process.argv.includes('--write')) {
  console.error('--write makes the whole page: leave out the names, or leave out --write.')
  process.exit(2)
}
const parts: string[] = []
for (const [name, describe] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.error(`measuring ${name} …`)
  const part = await describeOrWhy(describe)
  parts.push(part)
  console.log(`${part}\n`)
}
if (process.argv.includes('--write')) {
  const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
  writeFileSync(file, `${head()}\n\n${parts.join('\n\n')}\n`)
}
process.exit()

function head(): string {
  const model = /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown'
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --write`; `npm run bench -- runners` measures a part. Machines are shared and noisy: read the ratios, each',
    'taken within one run against a floor or a peer; the absolute numbers only say what the run was like.',
    '',
    `This run: ${cpus().length} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)} at its end.`,
  ].join('\n')
}

async function describeExtraction(): Promise<string> {
  const { speed, quality } = await (await import('./extraction/bench.ts')).run()
  return [
    '## Extraction, against `ioc-extractor` from npm',
    '',
    table(
      ['text', 'ours MB/s', 'peer MB/s', 'ratio', 'goal'],
      speed.map((row) => [
        bytes(row.sizeBytes),
        row.oursMegabytesPerSecond.toFixed(1),
        row.peerMegabytesPerSecond.toFixed(1),
        `${row.ratio.toFixed(1)}×`,
        '20 MB/s, linear',
      ]),
    ),
    '',
    `F1 over our ${quality.texts} labelled texts, kinds that both know: ours ${quality.ours.toFixed(3)}, peer ${quality.peer.toFixed(3)}`,
    `(${quality.peerWithoutUrlParts.toFixed(3)} when the hosts of URLs that it lists besides are taken away). Over the held-out third, all kinds: ${quality.oursHeldOut.toFixed(3)}.`,
    'Goal: 0.92. The corpus is ours, so it favours us; the goal is judged on another one.',
  ].join('\n')
}

async function describeEnrichment(): Promise<string> {
  const row = await (await import('./enrichment/bench.ts')).run()
  return [
    '## Cached enrichment, against a bare Hono route with the same middleware',
    '',
    `${row.sources} sources, ${bytes(row.answerBytes)} of answer, 32 clients; each enrichment is a request of its own, on disk before it is answered.`,
    '',
    table(
      ['', 'requests/s', 'p50 ms', 'ratio', 'goal'],
      [
        ['bare route', Math.round(row.floorPerSecond).toLocaleString('en'), row.floorP50Ms.toFixed(1), '1.00', ''],
        [
          'cached enrichment',
          Math.round(row.cachedPerSecond).toLocaleString('en'),
          row.cachedP50Ms.toFixed(1),
          row.ratio.toFixed(2),
          'at least 0.5',
        ],
      ],
    ),
  ].join('\n')
}

async function describeCurve(): Promise<string> {
  const points = await (await import('./enrichment/curve.ts')).run()
  return [
    '## How a request grows',
    '',
    'Addresses that were never asked before, every local source of the catalogue, from the POST to the final event.',
    '',
    table(
      ['indicators', 'rows', 'accepted ms', 'all done ms', 'rows/s'],
      points.map((point) => [
        String(point.indicators),
        String(point.rows),
        point.acceptedMs.toFixed(0),
        point.doneMs.toFixed(0),
        point.rowsPerSecond.toFixed(0),
      ]),
    ),
  ].join('\n')
}

async function describeStart(): Promise<string> {
  const row = await (await import('./start/bench.ts')).run()
  return [
    '## Start and weight',
    '',
    table(
      ['', 'measured', 'goal'],
      [
        [
          '`npm start`, installed, empty data folder',
          `${(row.firstMs / 1000).toFixed(1)} s`,
          '90 s, with the installation',
        ],
        ['`npm start`, installed', `${(row.warmMs / 1000).toFixed(1)} s`, '3 s'],
        [
          'first answer about 1.1.1.1 after it',
          `${row.firstAnswerMs.toFixed(0)} ms, ${row.found} found`,
          '2 s, 5 found',
        ],
        ['whole product at rest (PSS)', `${row.idleMegabytes.toFixed(0)} MB`, '500 MB'],
      ],
    ),
  ].join('\n')
}

function bytes(count: number): string {
  return count >= 1_000_000 ? `${(count / 1_000_000).toFixed(0)} MB` : `${(count / 1_000).toFixed(0)} kB`
}
