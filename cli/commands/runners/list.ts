import type { Command } from '../../command.ts'
import { exit } from '../../exit.ts'
import type { Items, RunnerView } from '../../api/shapes.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'

const header = ['ENDPOINT', 'LANGUAGE', 'STATE', 'SANDBOX', 'LOAD', 'LATENCY', '']

export const listRunners: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag runner list [options]

The runners that execute the sources' code: how they are, how strong their sandbox is, and how many calls run there
(and how many wait).

  --json     the answer of the server as one JSON document

Example:
  indag runner list`,

  async run({ values, terminal, api }) {
    const runners = await api.ask<Items<RunnerView>>('GET', '/api/v1/runners')
    if (values['json']) {
      terminal.out(JSON.stringify(runners, null, 2))
      return exit.ok
    }
    const rows = runners.items.map((runner) => [
      runner.endpoint,
      `${runner.language} ${runner.languageVersion}`.trim(),
      terminal.paint(runner.state === 'serving' ? 'green' : 'red', runner.state),
      runner.sandboxLevel || '-',
      loadOf(runner),
      runner.latencyMs === null ? '-' : `${Math.round(runner.latencyMs)} ms`,
      printableLine(runner.detail ?? ''),
    ])
    for (const line of table(header, rows, terminal.columns)) terminal.out(line)
    return exit.ok
  },
}

function loadOf({ state, load }: RunnerView): string {
  if (state === 'down') return '-'
  return load.queuedCalls > 0 ? `${load.runningCalls} (+${load.queuedCalls})` : String(load.runningCalls)
}
