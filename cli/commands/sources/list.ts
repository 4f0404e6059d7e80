import type { Command } from '../../command.ts'
import { exit } from '../../exit.ts'
import type { Items, SourceView } from '../../api/shapes.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'

export const listSources: Command = {
  options: { json: { type: 'boolean' }, plain: { type: 'boolean' } },
  help: `Usage: indag sources list [options]

The sources, what they know, what leaves this machine when they are asked, and whether they are ready.

  --json     the answer of the server as one JSON document
  --plain    one line each, separated by tabs: slug, exposure, state, kinds

Examples:
  indag sources list
  indag sources list --json | jq -r '.items[] | select(.ready) | .slug'`,

  async run({ values, terminal, api }) {
    const sources = await api.ask<Items<SourceView>>('GET', '/api/v1/sources')
    if (values['json']) terminal.out(JSON.stringify(sources, null, 2))
    else if (values['plain']) {
      for (const source of sources.items)
        terminal.out([source.slug, source.exposure, stateOf(source), source.kinds.join(',')].join('\t'))
    } else {
      const rows = sources.items.map((source) => [
        source.slug,
        source.exposure,
        stateOf(source),
        printableLine(why(source)),
      ])
      for (const line of table(['SOURCE', 'EXPOSURE', 'STATE', 'KINDS'], rows, terminal.columns)) terminal.out(line)
    }
    return exit.ok
  },
}

function stateOf({ enabled, ready }: SourceView): string {
  if (!enabled) return 'disabled'
  return ready ? 'ready' : 'not ready'
}

function why({ notReady, kinds }: SourceView): string {
  return notReady ? `${kinds.join(', ')} (${notReady.detail})` : kinds.join(', ')
}
