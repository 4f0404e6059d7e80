import type { Clock } from '../../foundation/index.ts'
import type { Indicator } from '../../indicators/index.ts'
import type { Sources, SourceSnapshot } from '../../sources/index.ts'
import { decide } from '../policy/decide.ts'
import { cacheKey, type ResultCache } from '../result-cache/result-cache.ts'
import { changeRow, isTerminal, type RequestHead, type Row, type RowChange, type Run, type RunItem } from './run.ts'

/** A row that needs a call. */
export type OpenRow = { row: Row; source: SourceSnapshot; indicator: Indicator; key: string }

/** Says which indicators are ours: filled by the inventory. */
export type OwnAssets = (indicators: readonly Indicator[]) => Promise<({ name: string } | null)[]>

export type SettleDeps = { sources: Sources; cache: ResultCache; ownAssets: OwnAssets; clock: Clock }

/** What is known without a call: how rows end, and which are left. Nothing is changed yet. */
export type Settled = { changes: { row: Row; to: RowChange }[]; open: OpenRow[] }

/**
 * Decides every row of these indicators that needs no call: what policy refuses is skipped, what the cache still knows
 * is answered. One round trip to the cache for all of them.
 */
export async function settleRows(deps: SettleDeps, head: RequestHead, items: readonly RunItem[]): Promise<Settled> {
  const { changes, open: askable } = await applyPolicy(deps, head, items)
  if (head.fresh || askable.length === 0) return { changes, open: askable }
  const remembered = await deps.cache.lookUp(askable)
  const now = deps.clock.now()
  const open = askable.filter(({ row }, index) => {
    const hit = remembered[index]
    if (!hit) return true
    const { answer, expiresAtMs } = hit
    changes.push({
      row,
      to: {
        state: answer.state,
        answer,
        reason: answer.reason,
        cacheExpiresAtMs: expiresAtMs,
        startedAtMs: now,
        finishedAtMs: now,
      },
    })
    return false
  })
  return { changes, open }
}

/** Makes the decided changes. @returns the rows that changed, in order: commit them in the same turn. */
export function applyChanges(run: Run, changes: Settled['changes']): Row[] {
  return changes.filter(({ row, to }) => changeRow(run, row, to)).map(({ row }) => row)
}

async function applyPolicy(deps: SettleDeps, head: RequestHead, items: readonly RunItem[]): Promise<Settled> {
  const { sources, clock } = deps
  const owned = await deps.ownAssets(items.map((item) => item.indicator))
  const now = clock.now()
  const settled: Settled = { changes: [], open: [] }
  for (const [index, { indicator, rows }] of items.entries()) {
    for (const row of rows) {
      if (isTerminal(row.state)) continue
      const source = sources.bySlug(row.source.slug, head.organizationId)
      const reason = source
        ? decide({
            indicator,
            source,
            tlp: head.tlp,
            pap: head.pap,
            ownAsset: owned[index] ?? null,
            ignored: sources.isIgnored(source, indicator, head.organizationId) ?? null,
          })
        : { code: 'source-disabled', detail: `${row.source.name} is no longer in the catalogue.` }
      if (!reason && source)
        settled.open.push({ row, source, indicator, key: cacheKey(source, indicator, head.organizationId) })
      else settled.changes.push({ row, to: { state: 'skipped', reason, finishedAtMs: now } })
    }
  }
  return settled
}
