import type { OpenAPIHono } from '@hono/zod-openapi'
import type { BaseLogger } from 'pino'
import type { Clock, KeyRing, Postgres, RecordChange, SealedColumn } from '../foundation/index.ts'
import type { Restorers } from '../identity/index.ts'
import type { CallContext, RunnerPool, SourceVersion } from '../runner-pool/index.ts'
import type { CatalogChange } from './catalog/sync-catalog.ts'
import type { DatasetsHole } from './datasets-hole.ts'
import type { IgnoreMatch } from './ignore-lists/ignore-entry.ts'
import type { SecretFinding } from './notifications/judge-secrets.ts'
import type { Quotas } from './quotas/quota.ts'
import type { SourceSnapshot } from './source.ts'

/** Where knowledge comes from. */
export type Sources = {
  /** Every source as it is at the root, sorted by slug; the same array until something changes. Free of I/O. */
  snapshot(): readonly SourceSnapshot[]
  /**
   * Every source as it is in an organization: with the nearest secrets, configuration and switches from there up. The
   * very same array, and the same sources, as above it where it has nothing of its own. An unknown one is as the root.
   */
  snapshotFor(organizationId: string): readonly SourceSnapshot[]
  /** The sources of all organizations, each as often as it differs: `snapshot`, and what others have of their own. */
  everywhere(): readonly SourceSnapshot[]
  /** In an organization; at the root unless told. */
  bySlug(slug: string, organizationId?: string): SourceSnapshot | undefined
  /** The code of a version, current or not. From memory when it was asked before: versions never change. */
  codeOf(hash: string): Promise<SourceVersion | undefined>
  /**
   * What one call may use and see, of the organization whose snapshot it is; the caller sets `matchesJson`. Free of I/O.
   * @throws when the source is gone.
   */
  callContext(source: SourceSnapshot): CallContext
  /** The entry that keeps this indicator of an organization (the root unless told) from this source. Free of I/O. */
  isIgnored(
    source: SourceSnapshot,
    indicator: { kind: string; value: string },
    organizationId?: string,
  ): IgnoreMatch | undefined
  quotas: Quotas
  /** Brings the folder `catalog/` into the database. Safe with many processes at once. @throws CatalogBroken. */
  syncCatalog(dir: string): Promise<CatalogChange[]>
  /** Remembers the last call and the use of its secrets, by the snapshot's `quotaId`; batched, never waits nor throws. */
  noteCall(quotaId: string, outcome: { state: 'found' | 'not-found' | 'failed'; durationMs: number }): void
  /** Reads the database now rather than at the next change notice: for a dataset that was just loaded, and for tests. */
  refresh(): Promise<void>
  /** Called after each change of the snapshot, in this process. Gives back the way to stop. */
  onChange(listener: () => void): () => void
  /** What should be done about secrets, as it was at the last look. Free of I/O. */
  secretFindings(): readonly Pick<SecretFinding, 'care'>[]
  routes: OpenAPIHono
  /** What brings back things of sources that were deleted. */
  restorers: Restorers
  close(): Promise<void>
}

export type SourcesOptions = {
  sql: Postgres
  keyRing: KeyRing
  clock: Clock
  log: Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>
  /** For GET /runners, and for the test of a secret; without it there are none. */
  pool?: Pick<RunnerPool, 'list' | 'call'>
  /** The datasets' side of the sources' pages; without it a source with a dataset is never ready. */
  datasets?: DatasetsHole
  /** Told of every change, within its transaction: the audit. Nobody unless given. */
  record?: RecordChange
  /** Sealed texts of other modules: they get a new key together with the secrets of sources. */
  sealedElsewhere?: readonly SealedColumn[]
  /** How often changes are looked for besides the database's notices; 2,000 unless told. */
  pollEveryMs?: number
}
