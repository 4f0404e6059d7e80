import { readFile } from 'node:fs/promises'
import { isConformant, NotVerifiable, verifyRunner } from '../../../runners/conformance/index.ts'
import type { CheckResult, Verdict, VerifyOptions } from '../../../runners/conformance/index.ts'
import { list, text, type Call, type Command, type Values } from '../../command.ts'
import { CliError, exit, usageError } from '../../exit.ts'
import { printableLine } from '../../terminal/printable.ts'
import type { Terminal } from '../../terminal/terminal.ts'

const guideFile = 'docs/guides/write-a-runner.md'
const marks = { passed: '✓', failed: '✗', skipped: '–', 'not-claimed': '–' } as const
const colours = { passed: 'green', failed: 'red', skipped: 'yellow', 'not-claimed': 'gray' } as const

export const verify: Command = {
  options: {
    token: { type: 'string' },
    'tls-ca': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    fixtures: { type: 'string' },
    site: { type: 'string' },
    only: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  },
  help: `Usage: indag runner verify <endpoint> [options]

Holds a runner to everything that the contract promises (${guideFile}).
It replaces the code that the runner holds: not for a runner that serves a backend at the same time.
Exits 1 when a promise is broken. What could not be looked at is named, and never counts as kept.

  <endpoint>         host:port or unix:/path
  --token <token>    what the runner wants; usual: INDAG_RUNNER_TOKEN of the environment
  --tls-ca <file>    the authority of the runner's certificate (PEM); without it the connection is plain
  --tls-cert, --tls-key <file>
                     our certificate and key (PEM), for a runner that wants to know who calls; with --tls-ca
  --fixtures <dir>   the programs in the runner's language; javascript and python have their own
  --site <host:port> where this command listens for what the programs ask. The runner must be allowed to reach it:
                     INDAG_RUNNER_PRIVATE_HOSTS=<host:port>. Without it the outgoing calls are not looked at
  --only <id>        one promise, or all whose id begins so: egress, limits.memory; may be repeated
  --json             one JSON document

Example:
  indag runner verify 127.0.0.1:50055 --site 127.0.0.1:18999 --fixtures ./programs`,

  async run(call) {
    const { values, terminal } = call
    const options = await readOptions(call)
    const onResult = values['json'] ? () => {} : (result: CheckResult) => show(result, terminal)
    const verdict = await reach({ ...options, onResult })
    if (values['json']) terminal.out(JSON.stringify(asJson(options.address, verdict), null, 2))
    else terminal.out(summary(options.address, verdict))
    return isConformant(verdict) ? exit.ok : exit.error
  },
}

async function readOptions({ positionals, values, env }: Call): Promise<VerifyOptions> {
  const [address, more] = positionals
  if (address === undefined || more !== undefined)
    throw usageError('Give one endpoint.', 'indag runner verify 127.0.0.1:50051')
  if (!/^unix:\/|^(\[[0-9a-f:.]+\]|[^:\s/]+):\d{1,5}$/i.test(address))
    throw usageError(
      `"${address}" is no endpoint: write host:port or unix:/path.`,
      'indag runner verify 127.0.0.1:50051',
    )
  const site = text(values, 'site')
  if (site !== undefined && !/^(\[[0-9a-f:.]+\]|[^:\s/]+):\d{1,5}$/i.test(site))
    throw usageError(`--site ${site}: write host:port.`, `indag runner verify ${address} --site 127.0.0.1:18999`)
  return {
    address,
    token: text(values, 'token') ?? env.runnerToken,
    ...(await readTls(values)),
    fixtures: text(values, 'fixtures'),
    site,
    only: list(values, 'only'),
  }
}

async function readTls(values: Values): Promise<Pick<VerifyOptions, 'authority' | 'identity'>> {
  const [authority, cert, key] = await Promise.all(
    ['tls-ca', 'tls-cert', 'tls-key'].map((name) => readPem(values, name)),
  )
  if (!cert !== !key || (cert && !authority))
    throw usageError('--tls-cert and --tls-key go together, and with --tls-ca.', 'indag help runner verify')
  return { authority, identity: cert && key ? { cert, key } : undefined }
}

async function readPem(values: Values, name: string): Promise<Buffer | undefined> {
  const file = text(values, name)
  if (file === undefined) return undefined
  try {
    return await readFile(file)
  } catch (cause) {
    throw usageError(`--${name} ${file} cannot be read (${cause instanceof Error ? cause.message : cause}).`)
  }
}

async function reach(options: VerifyOptions): Promise<Verdict> {
  try {
    return await verifyRunner(options)
  } catch (cause) {
    if (!(cause instanceof NotVerifiable)) throw cause
    throw new CliError(exit.error, printableLine(`Not verified: ${cause.message}.`), nextOf(cause.why, options))
  }
}

function nextOf(why: NotVerifiable['why'], { address }: VerifyOptions): string {
  if (why === 'unreachable') return `start the runner, or indag runner list   (names the endpoints of the server)`
  if (why === 'unauthenticated') return `indag runner verify ${address} --token <the runner's INDAG_RUNNER_TOKEN>`
  if (why === 'site') return `indag runner verify ${address} --site 127.0.0.1:18999   (an address of this machine)`
  if (why === 'programs') return `indag runner verify ${address} --fixtures <dir>   (${guideFile}, "The programs")`
  return `indag runner verify ${address} --json | jq -r '.results[].id'   (names all checks)`
}

function show(result: CheckResult, terminal: Terminal): void {
  const { id, outcome, promise } = result
  const why = 'why' in result ? ` (${result.outcome === 'skipped' ? 'skipped' : 'not claimed'}: ${result.why})` : ''
  terminal.out(`${terminal.paint(colours[outcome], marks[outcome])} ${id}  ${printableLine(promise + why)}`)
  if (result.outcome !== 'failed') return
  terminal.out(`    expected  ${printableLine(result.expected)}`)
  terminal.out(`    came      ${printableLine(result.came)}`)
  terminal.out(`    see       ${guideFile}, "${result.guide}"`)
}

function count({ results }: Verdict) {
  const of = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  return { kept: of('passed'), broken: of('failed'), skipped: of('skipped'), notClaimed: of('not-claimed') }
}

function summary(address: string, verdict: Verdict): string {
  const { kept, broken, skipped, notClaimed } = count(verdict)
  const who = `${verdict.language} ${verdict.languageVersion} at ${address}, sandbox ${verdict.sandboxLevel}`
  const rest = [skipped > 0 ? `${skipped} skipped` : '', notClaimed > 0 ? `${notClaimed} not claimed` : '']
  return printableLine([`${who}: ${kept} kept`, `${broken} broken`, ...rest.filter(Boolean)].join(', '))
}

function asJson(endpoint: string, verdict: Verdict) {
  return { endpoint, conformant: isConformant(verdict), counts: count(verdict), ...verdict }
}
