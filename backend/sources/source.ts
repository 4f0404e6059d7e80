import type { DatasetOrigin, Reason } from './readiness.ts'

export const exposures = ['local', 'passive', 'active', 'submits'] as const
/** local: nothing leaves; passive: the provider learns the value; active: the target may notice; submits: it is stored or published. */
export type Exposure = (typeof exposures)[number]

/** In order, least confidential first. */
export const tlps = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const
export type Tlp = (typeof tlps)[number]

/** In order, most permissive first. */
export const paps = ['CLEAR', 'GREEN', 'AMBER', 'RED'] as const
export type Pap = (typeof paps)[number]

export const reliabilities = ['A', 'B', 'C', 'D', 'E', 'F'] as const
/** The admiralty code: A is completely reliable, E unreliable, F cannot be judged. */
export type Reliability = (typeof reliabilities)[number]

export const windows = ['second', 'minute', 'hour', 'day', 'month'] as const
export type Window = (typeof windows)[number]
export type Limit = { calls: number; per: Window }

/** What is at most sent to a source of this exposure unless its manifest says otherwise. */
export const exposureDefaults: Record<Exposure, { maximumTlp: Tlp; maximumPap: Pap }> = {
  local: { maximumTlp: 'RED', maximumPap: 'RED' },
  passive: { maximumTlp: 'AMBER', maximumPap: 'AMBER' },
  active: { maximumTlp: 'AMBER', maximumPap: 'GREEN' },
  submits: { maximumTlp: 'GREEN', maximumPap: 'GREEN' },
}

export type DatasetManifest = {
  key: 'exact' | 'cidr' | 'suffix'
  origin: DatasetOrigin
}

/** All that a request needs to know of one source, at one moment. Never changes once handed out. */
export type SourceSnapshot = {
  readonly id: string
  /** The nearest organization, from the asking one up, that has values of its own for this source; the root when none has. */
  readonly organizationId: string
  /** Whose calls count together: what {@link Quotas} are asked with, and `noteCall`. The source's id for the root's key. */
  readonly quotaId: string
  readonly slug: string
  readonly name: string
  readonly provider: { readonly id: string; readonly slug: string; readonly name: string; readonly enabled: boolean }
  readonly language: string
  /** The number of the current code version; 1 is the first. */
  readonly version: number
  readonly hash: string
  readonly kinds: readonly string[]
  readonly disabledKinds: readonly string[]
  readonly enabled: boolean
  /** Whether secrets, configuration and dataset are there. Enabled or not is apart from it. */
  readonly ready: boolean
  readonly notReady: Reason | null
  readonly exposure: Exposure
  readonly maximumTlp: Tlp
  readonly maximumPap: Pap
  readonly reliability: Reliability
  readonly cacheTtlSeconds: number
  readonly timeoutMs: number
  readonly limits: readonly Limit[]
  /** SHA-256 of the configuration values, the names of the secrets that are set, whose they are, and the dataset's version: part of a cached answer's key. */
  readonly configHash: string
  readonly dataset: DatasetManifest | null
  /** With `{field}` replaced by the host of that configuration value. */
  readonly hosts: readonly string[]
}
