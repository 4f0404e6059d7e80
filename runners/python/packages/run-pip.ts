import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Interpreter } from '@indag/runner-contract'

export const INSTALL_WITHIN_MS = 120_000
const HELP =
  'install them beforehand with pip into the folder of packages, or give pip an index that it reaches (PIP_INDEX_URL)'

/** Installs wheels below `target`; whatever pip writes besides is below `place`. null when it went well, else why not and what to do. Never rejects. */
export function runPip(
  interpreter: Interpreter,
  place: string,
  target: string,
  requirements: string[],
): Promise<string | null> {
  const temporary = join(place, 'temporary')
  mkdirSync(temporary)
  const args = [
    ...['-I', '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--no-cache-dir', '--retries', '1'],
    ...['--target', target, '--only-binary', ':all:', '--no-compile', '--', ...requirements],
  ]
  // The runner's secret is not for pip.
  const changes = ['-u', 'INDAG_RUNNER_TOKEN', `TMPDIR=${temporary}`]
  const options = { timeout: INSTALL_WITHIN_MS, killSignal: 'SIGKILL' as const }
  return new Promise((resolve) => {
    execFile('env', [...changes, interpreter.executable, ...args], options, (error, _stdout, stderr) => {
      resolve(error ? explain(stderr, error.killed === true) : null)
    })
  })
}

/** pip warns of each try that did not reach the index, and ends by saying that there is no such package: the first is what matters. */
function explain(stderr: string, wasKilled: boolean): string {
  const lines = stderr.split('\n').map((line) => line.replace(/(https?:\/\/)[^@\s/]*@/g, '$1'))
  const errors = lines.filter((line) => /^(ERROR|error|.*No module named)/.test(line))
  const last = (errors.at(-1) ?? 'pip failed').slice(0, 400)
  if (wasKilled)
    return `pip did not end within ${INSTALL_WITHIN_MS / 1_000} s. Check that this machine reaches the package index`
  if (/No module named pip/.test(last)) return `${last}. Install pip for the interpreter of the runner`
  const unreached = lines.find((line) => /connection broken|Failed to establish|Temporary failure in name/.test(line))
  if (unreached)
    return `the package index was not reached (${reasonOf(unreached)}). Check that this machine reaches the package index: ${HELP}`
  return `${last}. Check that this machine reaches the package index, that it has the package, and as a wheel for this Python; or ${HELP}`
}

function reasonOf(warning: string): string {
  return (/'([^']*(?:\[Errno[^']*|timed out[^']*|refused[^']*))'/.exec(warning)?.[1] ?? warning).slice(0, 200)
}
