import type { Reason, WindowUsage } from '../../sources/index.ts'
import { prepareRun } from './accept-request.ts'
import { windowMs } from '../pacing/quota-line.ts'
import type { RequestOptions } from './request-options.ts'
import type { RunDeps } from './run-request.ts'
import type { PlannedSource, Run } from './run.ts'
import { settleRows, type Settled } from './settle-rows.ts'

export type SourcePreview = {
  source: PlannedSource
  hosts: readonly string[]
  /** Indicators that would be sent to it, or asked of it locally. */
  willAsk: number
  fromCache: number
  skipped: (Reason & { count: number })[]
  /** When the last of its calls could go, if its limits make them wait. */
  queueEtaMs: number | null
}

export type Preview = { run: Run; calls: number; leaves: boolean; sources: SourcePreview[] }

/** What a request would send where, before anything is sent; the same decisions as the request itself takes. */
export async function previewRequest(
  deps: RunDeps,
  options: RequestOptions,
  caller: { id: string; name: string },
): Promise<Preview> {
  const run = prepareRun(deps, options, caller)
  const settled = await settleRows(deps, run.head, run.items)
  const asked = new Map(
    run.head.plan.map((source) => [source.id, settled.open.filter((open) => open.row.source.id === source.id).length]),
  )
  const usage = await deps.sources.quotas.usageOf([...asked].filter(([, calls]) => calls > 0).map(([id]) => id))
  const sources = run.head.plan.map((source) =>
    previewSource(
      deps,
      source,
      settled.changes.filter((change) => change.row.source.id === source.id),
      asked.get(source.id) ?? 0,
      usage.get(source.id) ?? [],
    ),
  )
  const concerned = sources.filter((one) => one.willAsk + one.fromCache + one.skipped.length > 0)
  return {
    run,
    sources: concerned,
    calls: concerned.reduce((sum, one) => sum + one.willAsk, 0),
    leaves: concerned.some((one) => one.willAsk > 0 && one.source.exposure !== 'local'),
  }
}

function previewSource(
  deps: RunDeps,
  source: PlannedSource,
  changes: Settled['changes'],
  willAsk: number,
  usage: WindowUsage[],
): SourcePreview {
  return {
    source,
    hosts: deps.sources.bySlug(source.slug)?.hosts ?? [],
    willAsk,
    fromCache: changes.filter((change) => change.to.state !== 'skipped').length,
    skipped: groupReasons(
      changes.flatMap((change) => (change.to.state === 'skipped' && change.to.reason ? [change.to.reason] : [])),
    ),
    queueEtaMs: willAsk > 0 ? latestWindowEnd(usage, willAsk, deps.clock.now()) : null,
  }
}

function groupReasons(reasons: Reason[]): (Reason & { count: number })[] {
  const groups = new Map<string, Reason & { count: number }>()
  for (const reason of reasons) {
    const group = groups.get(reason.code)
    if (group) group.count += 1
    else groups.set(reason.code, { ...reason, count: 1 })
  }
  return [...groups.values()]
}

/** Full windows that pass before so many calls are through, for the tightest limit. Pure. */
export function latestWindowEnd(usage: WindowUsage[], calls: number, nowMs: number): number | null {
  const ends = usage.map((limit) => {
    const over = calls - Math.max(0, limit.calls - limit.used)
    if (over <= 0) return 0
    const first = limit.resetsAt?.getTime() ?? nowMs + windowMs[limit.per]
    return first + Math.floor((over - 1) / limit.calls) * windowMs[limit.per]
  })
  const latest = Math.max(0, ...ends)
  return latest === 0 ? null : latest
}
