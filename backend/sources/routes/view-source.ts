import type { z } from '@hono/zod-openapi'
import type { Block } from '../quotas/open-quotas.ts'
import type { WindowUsage } from '../quotas/quota.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import type { LastCall } from '../store/last-calls.ts'
import type { VersionRow } from '../store/versions.ts'
import type { sourceDetailSchema, sourceSchema } from './schemas.ts'

export type SourceView = z.infer<typeof sourceSchema>
export type SourceDetail = z.infer<typeof sourceDetailSchema>

export type SourceFacts = {
  usage: WindowUsage[]
  lastCall: LastCall | undefined
  block: Block | undefined
  nowMs: number
  /** The organization that is asked about. */
  organizationId: string
  /** Whether the caller may know more of what another organization has than that it is there. */
  mayRead(organizationId: string): boolean
}

/** A source as the API shows it. Pure. */
export function viewSource(
  { row, manifest, snapshot }: BuiltSource,
  { usage, lastCall, block, nowMs }: SourceFacts,
): SourceView {
  const {
    id,
    slug,
    name,
    provider,
    language,
    enabled,
    ready,
    notReady,
    exposure,
    maximumTlp,
    maximumPap,
    reliability,
  } = snapshot
  return {
    id,
    slug,
    name,
    language,
    enabled,
    ready,
    notReady,
    exposure,
    maximumTlp,
    maximumPap,
    reliability,
    description: manifest.description,
    documentation: manifest.documentation ?? null,
    provider: { slug: provider.slug, name: provider.name, enabled: provider.enabled },
    kinds: manifest.kinds,
    disabledKinds: row.disabledKinds,
    removed: row.removedAt !== null,
    cacheTtlSeconds: manifest.cacheTtlSeconds,
    timeoutMs: manifest.timeoutMs,
    limits: usage.map(({ calls, per, used, resetsAt }) => ({
      calls,
      per,
      used,
      resetsAt: resetsAt?.toISOString() ?? null,
    })),
    hosts: [...snapshot.hosts],
    tags: manifest.tags,
    terms: manifest.terms,
    codeVersion: row.version,
    blocked: block && block.untilMs > nowMs ? { until: new Date(block.untilMs).toISOString(), why: block.why } : null,
    lastCall: lastCall
      ? { at: lastCall.at.toISOString(), state: lastCall.state, durationMs: Math.round(lastCall.durationMs) }
      : null,
  }
}

export function viewSourceDetail(
  source: BuiltSource,
  facts: SourceFacts,
  code: string,
  versions: VersionRow[],
): SourceDetail {
  const { manifest, config, row, dataset } = source
  return {
    ...viewSource(source, facts),
    organizationId: facts.organizationId,
    code,
    versions: versions.map(({ publishedAt, ...version }) => ({ ...version, publishedAt: publishedAt.toISOString() })),
    configSchema: manifest.config,
    config: { ...config.values },
    secrets: manifest.secrets.map((rule) => viewSecret(source, rule, facts)),
    dataset: manifest.dataset && {
      key: manifest.dataset.key,
      origin: manifest.dataset.origin,
      records: dataset?.records ?? 0,
      version: dataset?.version ?? null,
      updatedAt: dataset?.updatedAt.toISOString() ?? null,
    },
    examples: row.examples,
  }
}

function viewSecret(
  source: BuiltSource,
  rule: BuiltSource['manifest']['secrets'][number],
  { lastCall, organizationId, mayRead }: SourceFacts,
): SourceDetail['secrets'][number] {
  const known = source.secrets.get(rule.name)
  const updatedAt = known?.row.updatedAt
  // Each call carries all secrets of its source; other organizations' calls carry theirs.
  const noted = lastCall?.quotaId === source.snapshot.quotaId ? lastCall : undefined
  const lastUsedAt = updatedAt && noted && noted.at > updatedAt ? noted.at : known?.row.lastUsedAt
  return {
    name: rule.name,
    required: rule.required,
    description: rule.description,
    help: rule.help ?? null,
    set: known !== undefined,
    problem: known && known.state !== 'usable' ? known.state : null,
    last4: (known && mayRead(known.row.organizationId) && known.row.last4) || null,
    updatedAt: updatedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: known?.row.expiresAt?.toISOString() ?? null,
    organizationId: known?.row.organizationId ?? null,
    inherited: known !== undefined && known.row.organizationId !== organizationId,
  }
}
