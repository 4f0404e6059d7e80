import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = { key: string; cert: string }
export type Authority = {
  /** Its own certificate, for INDAG_RUNNER_CA_FILE. */
  file: string
  /** `names` as openssl has them: "DNS:a.test,IP:127.0.0.1"; with negative `days` it has expired. */
  sign(commonName: string, names: string, days?: number): Certificate
  selfSigned(commonName: string, names: string): Certificate
  close(): void
}

/** Whether openssl is installed; where it is not, suites say so by their names. In CI it must be. */
export const hasOpenssl = findOpenssl()

function findOpenssl(): boolean {
  const found = spawnSync('openssl', ['version']).status === 0
  if (!found && process.env['CI']) throw new Error('openssl is not installed, and in CI the HTTPS tests must run')
  return found
}

/** An authority made for one test file. Its keys live in a temporary folder that `close` takes away. */
export function makeAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'indag-authority-'))
  const at = (name: string) => join(folder, name)
  const openssl = (...words: string[]) => void execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const made = (name: string) => ({
    key: readFileSync(at(`${name}.key`), 'utf8'),
    cert: readFileSync(at(`${name}.pem`), 'utf8'),
  })
  const begin = (name: string, commonName: string) =>
    openssl('req', '-new', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${commonName}`)
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Authority of a test'],
    ...['-days', '2', '-addext', 'keyUsage=critical,keyCertSign'],
  )
  let count = 0
  return {
    file: at('ca.pem'),
    sign: (commonName, names, days = 2) => {
      const name = `leaf-${(count += 1)}`
      begin(name, commonName)
      writeFileSync(at('names'), `subjectAltName=${names}`)
      openssl(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-days', String(days), '-extfile', 'names', '-out', `${name}.pem`],
      )
      return made(name)
    },
    selfSigned: (commonName, names) => {
      const name = `leaf-${(count += 1)}`
      openssl(
        ...['req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.pem`],
        ...['-subj', `/CN=${commonName}`, '-addext', `subjectAltName=${names}`, '-days', '2'],
      )
      return made(name)
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
