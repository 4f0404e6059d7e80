import { type Command, list } from '../../command.ts'
import { CliError, exit } from '../../exit.ts'

type Verification =
  | { ok: true; count: number; anchor: string }
  | { ok: false; sequence: number; reason: string; detail: string }

export const verifyAudit: Command = {
  options: { anchor: { type: 'string', multiple: true }, json: { type: 'boolean' } },
  help: `Usage: indag audit verify [options]

Goes through the whole audit log and says whether it is as it was written. Prints its anchor: keep it where whoever can
write the database cannot, and give it to the next verification. It finds a log whose end was cut off or written anew.

  --anchor 12:9f86…   one that an earlier verification printed; may be repeated
  --json              the answer of the server as one JSON document

Exit code 1: the log is not as it was written.

Example:
  indag audit verify --anchor "$(tail -1 anchors)" >> anchors`,

  async run({ values, terminal, api }) {
    const body = { anchors: list(values, 'anchor') }
    const found = await api.ask<Verification>('POST', '/api/v1/audit/verify', { body })
    if (values['json']) terminal.out(JSON.stringify(found, null, 2))
    if (!found.ok) {
      throw new CliError(
        exit.error,
        `The audit log is broken at entry ${found.sequence} (${found.reason}): ${found.detail}.`,
        'indag audit export   (and compare it with a backup)',
      )
    }
    if (!values['json']) terminal.out(found.anchor)
    terminal.err(`${found.count} ${found.count === 1 ? 'entry is' : 'entries are'} as written.`)
    return exit.ok
  },
}
