import { newRouter, recordNothing } from '../foundation/index.ts'
import { rootOrganizationId } from '../identity/index.ts'
import { isIndicatorKind, lookupKeys, type LookupKeys } from '../indicators/index.ts'
import type { SourceVersion } from '../runner-pool/index.ts'
import { syncCatalog } from './catalog/sync-catalog.ts'
import { findIgnoreEntry } from './ignore-lists/ignore-index.ts'
import { ignoreEntryRestorers } from './ignore-lists/restore-entry.ts'
import { noteCalls } from './last-calls/note-calls.ts'
import { keepNotified } from './notifications/keep-notified.ts'
import { openQuotas, windowSeconds } from './quotas/open-quotas.ts'
import { addDatasetRoutes } from './routes/datasets.ts'
import { addKeyRoutes } from './routes/keys.ts'
import { addIgnoreListRoutes } from './routes/ignore-lists.ts'
import { addNotificationRoutes } from './routes/notifications.ts'
import type { RouteParts } from './routes/parts.ts'
import { addProviderRoutes } from './routes/providers.ts'
import { addRunnerRoutes } from './routes/runners.ts'
import { addSecretRoutes } from './routes/secrets.ts'
import { addSourceRoutes } from './routes/sources.ts'
import { keepSealedAnew } from './secrets/seal-anew.ts'
import { keepSnapshot } from './snapshot/keep-snapshot.ts'
import type { Sources, SourcesOptions } from './sources.ts'
import { sweepUses } from './store/quotas.ts'
import { readCode } from './store/versions.ts'

const sweepEveryMs = 3_600_000
const mostVersionsKept = 1_000

/** Opens the sources and reads them all. The tables must be there. @throws when the database does not answer. */
export async function openSources(options: SourcesOptions): Promise<Sources> {
  const { sql, keyRing, clock, log, pool, datasets, pollEveryMs = 2_000, record = recordNothing } = options
  const resealer = await keepSealedAnew({ sql, keyRing, log, sealedElsewhere: options.sealedElsewhere ?? [] })
  const keeper = await keepSnapshot({ sql, keyRing, clock, log, datasets, pollEveryMs })
  const notifier = keepNotified({ sql, clock, log, keeper })
  const notes = noteCalls({ sql, clock, log })
  const quotas = openQuotas({
    sql,
    clock,
    limitsOf: (sourceId) => keeper.current().byId.get(sourceId)?.manifest.limits ?? [],
    blockOf: (quotaId) => keeper.current().blocks.get(quotaId),
  })
  const sweeper = setInterval(() => {
    sweepUses(sql, windowSeconds.month).catch((error: unknown) =>
      log.warn({ err: error }, 'sources: old quota uses were not swept'),
    )
  }, sweepEveryMs)
  sweeper.unref()

  const versions = new Map<string, SourceVersion>()
  async function codeOf(hash: string): Promise<SourceVersion | undefined> {
    const known = versions.get(hash)
    if (known) return known
    const read = await readCode(sql, hash)
    if (!read) return undefined
    const [oldest] = versions.size >= mostVersionsKept ? versions.keys() : []
    if (oldest !== undefined) versions.delete(oldest)
    versions.set(hash, read)
    return read
  }

  // Nearly all rows are of one organization after another.
  let lastPath: { tree: unknown; id: string; path: readonly string[] } | undefined
  function pathOf(id: string): readonly string[] {
    const { tree } = keeper.current()
    if (lastPath?.tree === tree && lastPath.id === id) return lastPath.path
    // Of an organization that is not known here yet, at least what holds everywhere.
    const path = tree.has(id) ? tree.pathUp(id) : [tree.rootId]
    lastPath = { tree, id, path }
    return path
  }

  // A request asks about one indicator for source after source.
  let lastKeys: { kind: string; value: string; keys: LookupKeys } | undefined
  function keysOf({ kind, value }: { kind: string; value: string }): LookupKeys {
    if (lastKeys?.kind === kind && lastKeys.value === value) return lastKeys.keys
    const keys = isIndicatorKind(kind) ? lookupKeys({ kind, value }) : { exact: [value], cidr: [], suffix: [] }
    lastKeys = { kind, value, keys }
    return keys
  }

  const parts: RouteParts = {
    sql,
    keyRing,
    clock,
    keeper,
    quotas,
    notes,
    resealer,
    notifier,
    record,
    codeOf,
    pool,
    datasets,
  }
  return {
    snapshot: () => keeper.current().snapshot,
    snapshotFor: (organizationId) => keeper.current().variants.of(organizationId).snapshot,
    everywhere: () =>
      keeper
        .current()
        .variants.all()
        .map((source) => source.snapshot),
    bySlug: (slug, organizationId = rootOrganizationId) =>
      keeper.current().variants.of(organizationId).bySlug.get(slug)?.snapshot,
    codeOf,
    callContext(source) {
      const built = keeper.current().variants.of(source.organizationId).byId.get(source.id)
      if (!built) throw new Error(`The source ${source.slug} is gone.`)
      return built.context
    },
    isIgnored(source, indicator, organizationId = rootOrganizationId) {
      const { ignoreIndex } = keeper.current()
      if (ignoreIndex.size === 0) return undefined
      return findIgnoreEntry(
        ignoreIndex,
        keysOf(indicator),
        { sourceId: source.id, providerId: source.provider.id, path: pathOf(organizationId) },
        clock.now(),
      )
    },
    quotas,
    async syncCatalog(dir) {
      const changes = await syncCatalog(sql, dir)
      await keeper.refresh()
      return changes
    },
    noteCall: (quotaId, outcome) => notes.note(quotaId, outcome),
    refresh: () => keeper.refresh(),
    onChange: (listener) => keeper.onChange(listener),
    secretFindings: () => notifier.findings(),
    routes: openRoutes(parts),
    restorers: ignoreEntryRestorers(parts),
    async close() {
      clearInterval(sweeper)
      await notifier.close()
      await notes.close()
      await resealer.close()
      await keeper.close()
    },
  }
}

function openRoutes(parts: RouteParts): Sources['routes'] {
  const router = newRouter()
  addSourceRoutes(router, parts)
  addSecretRoutes(router, parts)
  addKeyRoutes(router, parts)
  addDatasetRoutes(router, parts)
  addProviderRoutes(router, parts)
  addIgnoreListRoutes(router, parts)
  addRunnerRoutes(router, parts)
  addNotificationRoutes(router, parts)
  return router
}
