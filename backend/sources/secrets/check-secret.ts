import type { Clock } from '../../foundation/index.ts'
import { isIndicatorKind } from '../../indicators/index.ts'
import type { RunnerPool } from '../../runner-pool/index.ts'
import type { Quotas } from '../quotas/quota.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { judgeCheck, type CheckResult } from './judge-check.ts'

export type Check =
  | (CheckResult & { indicator: { kind: string; value: string } })
  /** It could not even be tried, and why. */
  | { outcome: 'untested'; says: string }

type Parts = { pool: Pick<RunnerPool, 'call'> | undefined; quotas: Quotas; clock: Clock }

/** Time for a runner to start and to take the code, besides the source's own. */
const patienceMs = 5_000

/**
 * Asks the provider about a harmless indicator as the source would with its new secret: `trial` is the source with the
 * secret that is not saved yet. One real call, by the source's own code, on a runner; it counts against the quota.
 */
export async function checkSecret(parts: Parts, trial: BuiltSource, secret: string): Promise<Check> {
  const { pool, quotas, clock } = parts
  const indicator = harmlessIndicator(trial)
  if (!indicator) return { outcome: 'untested', says: 'There is nothing harmless to ask this provider about.' }
  if (!trial.snapshot.ready) return { outcome: 'untested', says: trial.snapshot.notReady?.detail ?? 'It is not ready.' }
  if (!pool) return { outcome: 'untested', says: 'There is no runner.' }
  const unclear = { outcome: 'unclear', status: null, durationMs: 0, indicator } as const
  const reserved = await quotas.reserve(trial.snapshot.quotaId)
  if (!reserved.allowed) return { ...unclear, says: `The limit on calls is reached. ${reserved.detail}` }
  const outcome = await pool.call({
    language: trial.row.language,
    hash: trial.row.hash,
    indicator,
    context: trial.context,
    deadlineMs: clock.now() + trial.manifest.timeoutMs + patienceMs,
    retrySafe: trial.manifest.exposure !== 'submits',
  })
  // A provider that heard nothing has counted nothing.
  if (!outcome.ok && outcome.failure.reason === 'host-unreachable') await quotas.release(trial.snapshot.quotaId)
  return { ...judgeCheck(outcome, secret), indicator }
}

/** What the manifest names; else, where asking does no harm, the first of the examples. */
export function harmlessIndicator({
  manifest,
  row,
}: Pick<BuiltSource, 'manifest' | 'row'>): { kind: string; value: string } | undefined {
  if (manifest.check) return manifest.check.indicator
  // To ask an active or submitting source is to do something to somebody: only if its author says with what.
  if (manifest.exposure !== 'passive') return undefined
  for (const example of row.examples as { indicator?: { kind?: unknown; value?: unknown }; exchanges?: unknown }[]) {
    const { kind, value } = example?.indicator ?? {}
    if (example?.exchanges === undefined || typeof kind !== 'string' || typeof value !== 'string') continue
    if (isIndicatorKind(kind) && manifest.kinds.includes(kind)) return { kind, value }
  }
  return undefined
}
