import { status } from '@grpc/grpc-js'
import { Broken } from './demand.ts'
import type { Check, CheckResult, Need } from './check.ts'
import { allChecks } from './checks/all-checks.ts'
import { readFixtures } from './fixtures/read-fixtures.ts'
import { Bench } from './probe/bench.ts'
import { Connection } from './probe/connection.ts'
import type { Endpoint } from './probe/connection.ts'
import { openSite } from './probe/site.ts'
import type { Site } from './probe/site.ts'

export type VerifyOptions = Endpoint & {
  /** A folder of programs in the runner's language; javascript and python have their own. */
  fixtures?: string | undefined
  /** `host:port` where the suite listens; the operator of the runner has allowed it. */
  site?: string | undefined
  /** Ids, or their beginnings ("egress"); all without it. */
  only?: string[] | undefined
  /** How long any one call may take before the runner counts as silent; 30 s. */
  patienceMs?: number
  onResult?(result: CheckResult): void
}
export type Verdict = {
  language: string
  languageVersion: string
  runnerVersion: string
  sandboxLevel: string
  results: CheckResult[]
}

/** The runner could not be looked at at all. */
export class NotVerifiable extends Error {
  readonly why: 'unreachable' | 'unauthenticated' | 'site' | 'programs' | 'unknown-check'

  constructor(why: NotVerifiable['why'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.why = why
  }
}

const PATIENCE_MS = 30_000

/**
 * Holds a runner to the contract. It replaces what the runner holds: not for one that serves a backend at the same time.
 * Rejects with `NotVerifiable` when there is nobody to ask, a program is missing, or the site cannot be opened.
 */
export async function verifyRunner(options: VerifyOptions): Promise<Verdict> {
  const checks = chosen(options.only)
  const { patienceMs = PATIENCE_MS } = options
  const connection = new Connection(options, patienceMs)
  const sites: Site[] = []
  try {
    const first = await connection.unary('describe', {}, { deadlineMs: Math.min(patienceMs, 10_000) })
    if (!first.ok) {
      const why = first.code === status.UNAUTHENTICATED ? 'unauthenticated' : 'unreachable'
      throw new NotVerifiable(why, `${options.address} does not answer Describe: ${first.details}`)
    }
    const forbidden = await open('127.0.0.1:0', sites)
    const site = options.site === undefined ? undefined : await open(options.site, sites)
    const described = first.value
    const fixtures = fixturesOf(described.language, options.fixtures)
    const bench = new Bench({ connection, described, fixtures, site, forbidden, patienceMs })
    const results: CheckResult[] = []
    for (const check of checks) {
      const result = await look(check, bench)
      results.push(result)
      options.onResult?.(result)
    }
    const { language, languageVersion, runnerVersion, sandboxLevel } = described
    return { language, languageVersion, runnerVersion, sandboxLevel, results }
  } finally {
    connection.close()
    for (const site of sites) await site.close()
  }
}

/** Whether nothing that was looked at is broken. */
export function isConformant({ results }: Verdict): boolean {
  return results.every(({ outcome }) => outcome !== 'failed')
}

function chosen(only: string[] | undefined): Check[] {
  if (only === undefined || only.length === 0) return [...allChecks]
  const unknown = only.find((id) => !allChecks.some((check) => names(id, check)))
  if (unknown !== undefined) throw new NotVerifiable('unknown-check', `there is no check "${unknown}"`)
  return allChecks.filter((check) => only.some((id) => names(id, check)))
}

function names(id: string, check: Check): boolean {
  return check.id === id || check.id.startsWith(`${id}.`)
}

async function open(address: string, sites: Site[]): Promise<Site> {
  try {
    const site = await openSite(address)
    sites.push(site)
    return site
  } catch (cause) {
    throw new NotVerifiable(
      'site',
      `the suite cannot listen on ${address}: ${cause instanceof Error ? cause.message : cause}`,
    )
  }
}

function fixturesOf(language: string, folder: string | undefined) {
  try {
    return readFixtures(language, folder)
  } catch (cause) {
    throw new NotVerifiable('programs', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

async function look(check: Check, bench: Bench): Promise<CheckResult> {
  const { id, promise, guide } = check
  for (const need of check.needs ?? []) {
    const missing = lack(need, bench)
    if (missing) return { id, promise, guide, ...missing }
  }
  try {
    const skipped = await check.run(bench)
    return skipped
      ? { id, promise, guide, outcome: 'skipped', why: skipped.skipped }
      : { id, promise, guide, outcome: 'passed' }
  } catch (cause) {
    // Anything else came of an answer whose shape nobody expected.
    const broken = cause instanceof Broken ? cause : new Broken('an answer that can be read', cause)
    return { id, promise, guide, outcome: 'failed', expected: broken.expected, came: broken.came }
  }
}

function lack(need: Need, bench: Bench): { outcome: 'skipped' | 'not-claimed'; why: string } | undefined {
  if (need === 'site') return bench.site ? undefined : { outcome: 'skipped', why: 'no site was given (--site)' }
  if (need === 'token')
    return bench.connection.endpoint.token ? undefined : { outcome: 'skipped', why: 'no token was given' }
  if (bench.described.capabilities.includes(need)) return undefined
  return { outcome: 'not-claimed', why: `Describe.capabilities does not hold ${need}` }
}
