import { createHash } from 'node:crypto'
import { Credential_Place as Place } from '@indag/proto/runner/v1/runner.ts'
import type { KeyRing } from '../../foundation/index.ts'
import { rootOrganizationId } from '../../identity/index.ts'
import type { CallContext, Credential } from '../../runner-pool/index.ts'
import type { Manifest, SecretRule } from '../catalog/manifest.ts'
import { checkConfig, type CheckedConfig } from '../config/check-config.ts'
import { configuredHosts, resolveHosts } from '../config/resolve-hosts.ts'
import type { DatasetState } from '../datasets-hole.ts'
import { whyNotReady, type SecretStanding } from '../readiness.ts'
import { quotaIdOf } from '../quotas/quota-id.ts'
import { openSecret } from '../secrets/open-secret.ts'
import type { SourceSnapshot } from '../source.ts'
import type { SecretRow } from '../store/secrets.ts'
import type { SourceRow } from '../store/sources.ts'
import type { EffectiveSource } from './effective-source.ts'

/** A source with all that follows from it. */
export type BuiltSource = {
  row: SourceRow
  manifest: Manifest
  config: CheckedConfig
  secrets: ReadonlyMap<string, SecretStanding & { row: SecretRow }>
  dataset: DatasetState | undefined
  effective: EffectiveSource
  /** Another source has the very same code. */
  twin: boolean
  snapshot: SourceSnapshot
  context: CallContext
}

export type SourceFacts = Pick<BuiltSource, 'effective' | 'manifest' | 'dataset' | 'twin'>

/** Works out hosts, readiness and call context of a source. Pure but for opening its secrets. */
export function buildSource(facts: SourceFacts, keyRing: KeyRing, nowMs: number): BuiltSource {
  const { effective, manifest, dataset, twin } = facts
  const { row, ownerId } = effective
  const config = checkConfig(manifest.config, row.config)
  const hosts = resolveHosts(manifest.hosts, config.values)
  const hostsNow = configuredHosts(manifest.hosts, config.values)
  const opened = new Map(
    effective.secrets.map((secret) => [secret.name, { row: secret, ...openSecret(keyRing, secret, hostsNow, nowMs) }]),
  )
  const notReady = whyNotReady({
    slug: row.slug,
    name: manifest.name,
    secrets: manifest.secrets,
    secretStates: opened,
    configError: config.errors[0],
    origin: manifest.dataset?.origin ?? null,
    datasetLoaded: dataset !== undefined,
  })
  const valueOf = (secret: SecretRule) => {
    const known = opened.get(secret.name)
    return known?.state === 'usable' ? known.value : undefined
  }
  const secretNames = [...opened]
    .filter(([, { state }]) => state === 'usable')
    .map(([name]) => name)
    .sort()
  const snapshot: SourceSnapshot = Object.freeze({
    id: row.id,
    organizationId: effective.organizationId,
    quotaId: quotaIdOf(row.id, effective.quotaOwnerId),
    slug: row.slug,
    name: manifest.name,
    provider: { id: row.providerId, slug: row.providerSlug, name: row.providerName, enabled: row.providerEnabled },
    language: row.language,
    version: row.version,
    hash: row.hash,
    kinds: manifest.kinds,
    disabledKinds: row.disabledKinds,
    enabled: row.enabled && row.removedAt === null,
    ready: notReady === null,
    notReady,
    exposure: manifest.exposure,
    maximumTlp: manifest.maximumTlp,
    maximumPap: manifest.maximumPap,
    reliability: manifest.reliability,
    cacheTtlSeconds: manifest.cacheTtlSeconds,
    timeoutMs: manifest.timeoutMs,
    limits: manifest.limits,
    configHash: hashKnowledge(config.values, secretNames, dataset?.version ?? 0, ownerId),
    dataset: manifest.dataset,
    hosts,
  })
  const context: CallContext = {
    sourceId: row.id,
    configJson: Buffer.from(JSON.stringify(config.values)),
    secrets: codeSecrets(manifest, valueOf),
    credentials: hostCredentials(manifest, valueOf, hosts),
    matchesJson: Buffer.from('[]'),
    hosts,
    limits: { ...runnerDefaults, wallMs: manifest.timeoutMs },
    trustDomain: trustDomainOf(facts),
  }
  const secrets = new Map([...opened].map(([name, { value: _, ...known }]) => [name, known]))
  return { row, manifest, config, secrets, dataset, effective, twin, snapshot, context }
}

/**
 * Whose calls may share a process, and with the same code its memory (docs/decisions/0032). The catalogue's authors trust
 * one another, but what came of one organization's key or address stays with it; a user's own code is alone.
 */
function trustDomainOf({ effective: { row, ownerId }, twin }: SourceFacts): string {
  if (row.versionOrigin !== 'catalog') return ownerId === null ? `source:${row.id}` : `source:${row.id}:org:${ownerId}`
  if (ownerId === null) return 'catalog'
  return twin ? `org:${ownerId}:source:${row.id}` : `org:${ownerId}`
}

const runnerDefaults = {
  wallMs: 0,
  cpuMs: 0,
  memoryBytes: 0,
  outputBytes: 0,
  logLines: 0,
  outgoingCalls: 0,
  concurrentCalls: 0,
  responseBytes: 0,
}

const places = { header: Place.PLACE_HEADER, query: Place.PLACE_QUERY, body: Place.PLACE_BODY }

function codeSecrets(manifest: Manifest, valueOf: (secret: SecretRule) => string | undefined): Record<string, string> {
  const exposed = manifest.secrets.filter((secret) => secret.use.as === 'code')
  return Object.fromEntries(
    exposed.flatMap((secret) => {
      const value = valueOf(secret)
      return value === undefined ? [] : [[secret.name, value]]
    }),
  )
}

function hostCredentials(
  manifest: Manifest,
  valueOf: (secret: SecretRule) => string | undefined,
  hosts: string[],
): Credential[] {
  return manifest.secrets.flatMap((secret) => {
    const value = valueOf(secret)
    if (secret.use.as === 'code' || value === undefined) return []
    const { as, name, prefix } = secret.use
    return [
      {
        secret: secret.name,
        value,
        hosts: hosts.filter((host) => !host.startsWith('dns:')),
        place: places[as],
        name,
        prefix,
      },
    ]
  })
}

/**
 * Whatever makes the same code answer differently: an answer from before must not be taken for one of now, nor what one
 * organization's key got for another's. The same values give the same hash, whatever their order.
 */
function hashKnowledge(
  values: Record<string, unknown>,
  secrets: string[],
  datasetVersion: number,
  ownerId: string | null,
): string {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))
  const owner = ownerId === null || ownerId === rootOrganizationId ? [] : [ownerId]
  return createHash('sha256')
    .update(JSON.stringify([sorted, secrets, datasetVersion, ...owner]))
    .digest('hex')
}
