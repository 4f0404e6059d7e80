import type { Reason } from '../../sources/index.ts'
import { prepareRun } from './accept-request.ts'
import type { Asker } from './asker.ts'
import type { RequestOptions } from './request-options.ts'
import type { RunDeps } from './run-request.ts'
import type { PlannedSource, Run } from './run.ts'
import { settleRows, type OpenRow, type Settled } from './settle-rows.ts'

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
export async function previewRequest(deps: RunDeps, options: RequestOptions, asker: Asker): Promise<Preview> {
  const run = prepareRun(deps, options, asker)
  const settled = await settleRows(deps, run.head, run.items)
  const asked = new Map(
    run.head.plan.map((source) => [source.id, settled.open.filter((open) => open.row.source.id === source.id)]),
  )
  const etas = await lastEtas(deps, asked)
  const sources = run.head.plan.map((source) =>
    previewSource(
      deps,
      run.head.organizationId,
      source,
      settled.changes.filter((change) => change.row.source.id === source.id),
      asked.get(source.id)?.length ?? 0,
      etas.get(source.id) ?? null,
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

/** When the last of so many calls to each source may go; sources that need not wait are left out. */
async function lastEtas(deps: RunDeps, asked: ReadonlyMap<string, readonly OpenRow[]>): Promise<Map<string, number>> {
  const last = await Promise.all(
    [...asked].map(async ([id, open]) => {
      const [first] = open
      const etas = first ? await deps.sources.quotas.etas(first.source.quotaId, open.length) : []
      return [id, etas.at(-1) ?? 0] as const
    }),
  )
  const nowMs = deps.clock.now()
  return new Map(last.filter(([, etaMs]) => etaMs > nowMs))
}

function previewSource(
  deps: RunDeps,
  organizationId: string,
  source: PlannedSource,
  changes: Settled['changes'],
  willAsk: number,
  queueEtaMs: number | null,
): SourcePreview {
  return {
    source,
    hosts: deps.sources.bySlug(source.slug, organizationId)?.hosts ?? [],
    willAsk,
    fromCache: changes.filter((change) => change.to.state !== 'skipped').length,
    skipped: groupReasons(
      changes.flatMap((change) => (change.to.state === 'skipped' && change.to.reason ? [change.to.reason] : [])),
    ),
    queueEtaMs,
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
