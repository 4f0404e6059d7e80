import type { Command } from '../../command.ts'
import { list, text } from '../../command.ts'
import { exit, type ExitCode, usageError } from '../../exit.ts'
import type { RequestView, VerdictLevel } from '../../api/shapes.ts'
import type { Terminal } from '../../terminal/terminal.ts'
import { printable } from '../../terminal/printable.ts'
import { durationMs } from '../../words/duration.ts'
import { followRequest } from './follow-request.ts'
import { showPlain, showVerdicts } from './show-request.ts'

const failLevels: Record<string, VerdictLevel[]> = { malicious: ['malicious'], suspicious: ['malicious', 'suspicious'] }

export const check: Command = {
  options: {
    json: { type: 'boolean' },
    plain: { type: 'boolean' },
    rows: { type: 'boolean' },
    source: { type: 'string', short: 's', multiple: true },
    tlp: { type: 'string' },
    pap: { type: 'string' },
    fresh: { type: 'boolean' },
    'fail-on': { type: 'string' },
    timeout: { type: 'string' },
  },
  help: `Usage: indag check <value…|-> [options]

Asks the sources about addresses, domains, URLs, hashes, e-mails, CVEs and more, defanged or not.
"-" reads a text from standard input (one a line, a mail, a report) and checks what is in it.

  --json              the whole request as one JSON document
  --plain             one line a row, separated by tabs: value, kind, verdict, source, state, summary
  --rows              show all rows, also of many indicators
  -s, --source a,b    ask only these sources (indag sources list)
  --tlp LEVEL         CLEAR, GREEN, AMBER (usual), AMBER+STRICT or RED: RED keeps everything local
  --pap LEVEL         CLEAR, GREEN, AMBER (usual) or RED: what may be done with it
  --fresh             take no cached answers
  --fail-on LEVEL     exit 3 when a verdict is malicious (or suspicious: that or worse)
  --timeout 5m        leave after this time; the server goes on (usual: 5m)

Data goes to standard output, progress to standard error. URLs are shown defanged, but in --json and --plain.

Examples:
  indag check 1.1.1.1 example[.]org
  cat iocs.txt | indag check - --json | jq '.indicators[] | {value, level: .verdict.level}'
  indag check - --fail-on malicious < mail.eml`,

  async run({ positionals, values, terminal, api }) {
    const failOn = text(values, 'fail-on')
    if (failOn !== undefined && !failLevels[failOn])
      throw usageError(`--fail-on ${failOn}: no such level.`, '--fail-on malicious, or --fail-on suspicious')
    if (values['json'] && values['plain'])
      throw usageError('--json and --plain exclude each other.', 'indag check 1.1.1.1 --json')
    const timeoutMs = durationMs(text(values, 'timeout') ?? '5m', '--timeout')
    const sources = list(values, 'source')
    const body = {
      ...(await readSubject(positionals, terminal)),
      ...(sources.length > 0 ? { sources } : {}),
      ...(text(values, 'tlp') ? { tlp: text(values, 'tlp')?.toUpperCase() } : {}),
      ...(text(values, 'pap') ? { pap: text(values, 'pap')?.toUpperCase() } : {}),
      ...(values['fresh'] ? { fresh: true } : {}),
    }
    const view = await followRequest(api, terminal, body, timeoutMs)
    if (values['json']) terminal.out(JSON.stringify(view, null, 2))
    else if (values['plain']) showPlain(view, terminal)
    else showVerdicts(view, terminal, Boolean(values['rows']))
    warn(view, terminal, api.url)
    return judge(view, failOn)
  },
}

/** What to check: values as they are, or, with "-", the text on standard input. */
async function readSubject(
  positionals: string[],
  terminal: Terminal,
): Promise<{ indicators: string[] } | { text: string }> {
  if (positionals.length === 0)
    throw usageError('Nothing to check.', 'indag check 1.1.1.1, or: cat iocs.txt | indag check -')
  if (!positionals.includes('-')) return { indicators: positionals }
  const typed = positionals.filter((value) => value !== '-')
  const input = [...typed, await terminal.readInput()].join('\n')
  if (input.trim() === '') throw usageError('Standard input is empty.', 'cat iocs.txt | indag check -')
  return { text: input }
}

function warn(view: RequestView, terminal: Terminal, url: string): void {
  for (const { text, reason } of view.rejected) terminal.err(`not checked: ${printable(text)}: ${printable(reason)}`)
  const { failed, queued, running } = view.counts
  if (failed > 0) terminal.err(`${failed} of ${view.counts.rows} rows failed.`)
  if (queued + running > 0) {
    terminal.err(`${queued + running} rows are not finished; the server goes on.`)
    terminal.err(`Next: ${url}/requests/${view.id}`)
  }
}

function judge(view: RequestView, failOn: string | undefined): ExitCode {
  const levels = failOn === undefined ? [] : (failLevels[failOn] ?? [])
  if (view.indicators.some(({ verdict }) => levels.includes(verdict.level))) return exit.failOnMet
  const { failed, queued, running } = view.counts
  return failed + queued + running > 0 ? exit.partial : exit.ok
}
