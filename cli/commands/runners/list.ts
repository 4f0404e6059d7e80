import type { Command } from '../../command.ts'
import { exit } from '../../exit.ts'
import type { Items, RunnerView } from '../../api/shapes.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'

export const listRunners: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag runners list [options]

The runners that execute the sources' code, how they are, and how strong their sandbox is.

  --json     the answer of the server as one JSON document

Example:
  indag runners list`,

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
      runner.sandboxLevel,
      runner.latencyMs === null ? '-' : `${Math.round(runner.latencyMs)} ms`,
      printableLine(runner.detail ?? ''),
    ])
    for (const line of table(['ENDPOINT', 'LANGUAGE', 'STATE', 'SANDBOX', 'LATENCY', ''], rows, terminal.columns))
      terminal.out(line)
    return exit.ok
  },
}
