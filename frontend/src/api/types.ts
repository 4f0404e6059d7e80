/** The shapes of the API, in one place. They follow the backend's OpenAPI document; nothing else in the client describes them. */

export const TLP_LEVELS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const
export const PAP_LEVELS = ['CLEAR', 'GREEN', 'AMBER', 'RED'] as const
export type Tlp = (typeof TLP_LEVELS)[number]
export type Pap = (typeof PAP_LEVELS)[number]
export type Exposure = 'local' | 'passive' | 'active' | 'submits'

export type Fix = { label: string; href: string }

export type Problem = {
  type?: string
  title: string
  status: number
  code: string
  detail?: string
  traceId?: string
  errors?: { path: string; message: string; fix?: string }[]
  help?: Fix
  retryAfterSeconds?: number
}

// Indicators

export type Indicator = { kind: string; value: string }
export type FoundIndicator = Indicator & {
  defanged: string
  count: number
  spans: { start: number; end: number; text: string }[]
}
export type Rejected = {
  text: string
  kind?: string | null
  code: string
  reason: string
  start?: number
  end?: number
}
export type Extraction = { indicators: FoundIndicator[]; rejected: Rejected[] }
export type IndicatorKind = { slug: string; name: string; plural: string; example: string; enrichable: boolean }

// Sources

export type SourceRef = {
  id: string
  slug: string
  name: string
  provider: { slug: string; name: string }
  exposure: Exposure
  reliability: string
}

export type Limit = { calls: number; per: string; used: number; resetsAt: string | null }
export type Reason = { code: string; detail: string; fix?: Fix | null }

export type SourceView = Omit<SourceRef, 'provider'> & {
  provider: { slug: string; name: string; enabled?: boolean }
  description: string
  documentation?: string | null
  language: string
  kinds: string[]
  disabledKinds: string[]
  enabled: boolean
  ready: boolean
  notReady: Reason | null
  maximumTlp: Tlp
  maximumPap: Pap
  cacheTtlSeconds: number
  timeoutMs: number
  limits: Limit[]
  hosts: string[]
  tags: string[]
  terms?: string | null
  codeVersion: number
  removed?: boolean
  /** The provider asked us to wait, or failed too often. */
  blocked?: { until: string; why: string } | null
  lastCall: { at: string; state: string; durationMs: number } | null
}

export type ConfigProperty = {
  type?: 'string' | 'number' | 'integer' | 'boolean' | 'array'
  title?: string
  description?: string
  default?: unknown
  format?: string
  enum?: (string | number)[]
  minimum?: number
  maximum?: number
}
export type ConfigSchema = { type?: string; properties?: Record<string, ConfigProperty>; required?: string[] }

export type SecretView = {
  name: string
  required: boolean
  description?: string | null
  help?: string | null
  set: boolean
  /** Set, but not usable: it or its key is broken, it was entered for another host, or it has expired. */
  problem?: 'broken' | 'key-missing' | 'moved' | 'expired' | null
  last4?: string | null
  updatedAt?: string | null
  lastUsedAt?: string | null
  expiresAt?: string | null
  /** Whose it is. */
  organizationId?: string | null
  /** It comes from an organization above. */
  inherited?: boolean
}

/** What somebody should do about a secret. */
export type Notification = {
  id: string
  kind: 'secret-missing' | 'secret-unusable' | 'secret-expiring' | 'secret-expired'
  source: { slug: string; name: string }
  secret: string
  organizationId: string
  createdAt: string
  detail: string
  fix: Fix
}

/** What the provider said about a secret before it was saved; null when it was not to be asked. */
export type SavedSecret = {
  saved: true
  check: { outcome: 'accepted' | 'refused' | 'unclear' | 'untested'; says: string } | null
}

export type DatasetView = {
  key: string
  origin?: unknown
  version?: number | null
  records?: number | null
  updatedAt?: string | null
  status?: string | null
  detail?: string | null
}

export type LoadedList = { records: number; rejected: { line: number; text: string; reason: string }[] }

export type SourceExample = { indicator: Indicator; expected?: unknown }

export type SourceDetail = SourceView & {
  /** The organization that all this is about. */
  organizationId?: string
  code: string
  versions: { version: number; hash: string; publishedAt: string; origin: string }[]
  configSchema: ConfigSchema
  config: Record<string, unknown>
  secrets: SecretView[]
  dataset: DatasetView | null
  examples: SourceExample[]
}

export type IgnoreScope = 'global' | 'provider' | 'source'
export type IgnoreMatch = 'exact' | 'cidr' | 'suffix'
export type NewIgnoreEntry = {
  scope: IgnoreScope
  target?: string
  match: IgnoreMatch
  value: string
  reason: string
  expiresAt?: string
}
export type IgnoreEntry = {
  id: string
  scope: IgnoreScope
  target: string | null
  match: IgnoreMatch
  value: string
  reason: string
  expiresAt: string | null
  /** It holds there and below. */
  organizationId: string
}

// Requests

export type RequestBody = {
  indicators?: (string | Indicator)[]
  text?: string
  sources?: string[]
  tlp?: Tlp
  pap?: Pap
  fresh?: boolean
  overQuota?: 'wait' | 'skip'
}

export type PreviewSource = {
  source: SourceRef
  willAsk: number
  fromCache: number
  skipped: (Reason & { count: number })[]
  exposure: Exposure
  hosts: string[]
  queueEta?: string | null
}
export type Preview = {
  indicators: Indicator[]
  rejected: Rejected[]
  calls: number
  sources: PreviewSource[]
  leaves: boolean
}

export type RowState = 'queued' | 'running' | 'found' | 'not-found' | 'skipped' | 'failed'
export type ClaimLevel = 'malicious' | 'suspicious' | 'benign' | 'informational'
export type VerdictLevel = 'malicious' | 'suspicious' | 'benign' | 'unknown'

export type Fact = { name: string; value: string | number | boolean; kind?: string | undefined }
export type Result = {
  verdict?: ClaimLevel | undefined
  score?: number | undefined
  confidence?: number | undefined
  /** The provider's own words. */
  says?: string | undefined
  summary: string
  facts: Fact[]
  tags: string[]
  links: { title: string; url: string }[]
  raw?: unknown
  observedAt?: string | undefined
}

export type OutgoingCall = {
  protocol: string
  method: string
  target: string
  status: number
  durationMs: number
  responseBytes: number
  error: string
}
export type LogLine = { level: string; message: string; atMs?: number }

export type Row = {
  source: SourceRef
  seq: number
  state: RowState
  codeVersion: number
  reason: Reason | null
  eta: string | null
  result: Result | null
  cached: { ageSeconds: number; expiresAt: string } | null
  startedAt: string | null
  finishedAt: string | null
  durationMs: number | null
  runner: string | null
  calls: OutgoingCall[]
  logs: LogLine[]
}

export type Claim = {
  source: string
  name: string
  level: string
  says: string
  score: number
  weight: number
  observedAt: string
  cached: boolean
}
export type Verdict = {
  level: VerdictLevel
  score: number
  confidence: number
  final: boolean
  summary: string
  agree: Claim[]
  disagree: Claim[]
  silent: number
  pending: number
  failed: number
  wouldChange: string
}

export type IndicatorView = Indicator & {
  position: number
  defanged: string
  count: number
  address?: { scope: string; name: string }
  verdict: Verdict
  rows: Row[]
}

export type Counts = {
  indicators: number
  rows: number
  queued: number
  running: number
  found: number
  notFound: number
  skipped: number
  failed: number
}

export type RequestView = {
  id: string
  state: 'running' | 'done'
  createdAt: string
  finishedAt: string | null
  createdBy: { id: string; name: string } | null
  tlp: Tlp
  pap: Pap
  fresh: boolean
  overQuota?: 'wait' | 'skip'
  sources: string[] | null
  seq: number
  counts: Counts
  rejected: Rejected[]
  indicators: IndicatorView[]
}

export type RequestSummary = {
  id: string
  state: 'running' | 'done'
  createdAt: string
  finishedAt: string | null
  createdBy: { id: string; name: string } | null
  tlp: Tlp
  pap: Pap
  counts: Counts
  /** The worst of the indicators' verdicts; null while nothing has ended. */
  verdict: VerdictLevel | null
  indicators: (Indicator & { defanged: string; verdict: VerdictLevel | null })[]
}

export type Page<T> = { items: T[]; next: string | null }

// Runners, identity

// System

export type SystemPart = { state: 'ok' | 'degraded' | 'down' | 'off'; detail: string; fix: Fix | null }
export type SystemHealth = {
  state: 'ok' | 'degraded' | 'down'
  checkedAt: string
  version: string
  backend: SystemPart & {
    processes: { id: string; startedAt: string; heartbeatAt: string; alive: boolean; own: boolean }[]
  }
  database: SystemPart & {
    version: string | null
    latencyMs: number | null
    migration: string | null
    connections: Record<string, number>
  }
  redis: SystemPart
  runners: SystemPart & {
    languages: (SystemPart & { language: string; serving: number; configured: number; waiting: number })[]
  }
  requests: SystemPart & { running: number; waiting: number }
  telemetry: SystemPart & {
    traces: 'none' | 'sending' | 'failing'
    errors: 'none' | 'on'
    metrics: 'signed-in' | 'address'
  }
}
export type ClientConfig = {
  version: string
  spans: boolean
  sentry: { dsn: string; environment: string; release: string } | null
}

export type RunnerView = {
  endpoint: string
  language: string
  languageVersion?: string | null
  state:
    | 'starting'
    | 'serving'
    | 'set-aside'
    | 'draining'
    | 'unreachable'
    | 'silent'
    | 'failing'
    | 'wrong-token'
    | 'wrong-language'
    | 'wrong-certificate'
    | 'not-a-runner'
  sandboxLevel?: string | null
  sandboxLayers?: string[] | null
  load?: unknown
  latencyMs?: number | null
  instanceId?: string | null
  detail?: string | null
}

export const ROLES = ['viewer', 'editor', 'org-admin', 'super-admin'] as const
export const GRANT_ROLES = ['viewer', 'operator', 'maintainer'] as const
export type Role = (typeof ROLES)[number]
export type GrantRole = (typeof GRANT_ROLES)[number]
export type OrganizationName = { id: string; slug: string; name: string }

export type User = {
  id: string
  email: string | null
  name: string
  role: Role
  kind: 'person' | 'service-account'
  organizationId: string
}
/** A user as administrators see them; a person without a password has not accepted the invitation yet. */
export type UserRecord = User & {
  hasPassword: boolean
  createdAt: string
  disabledAt: string | null
  lastSignInAt: string | null
}

export type Me = {
  user: User
  via: 'session' | 'token'
  /** What the caller may do in some organization. */
  scopes: string[]
  organization: OrganizationName
  roles: {
    role: Role | GrantRole
    through: 'home' | 'user' | 'group'
    organization: OrganizationName
    permissions: string[]
  }[]
}

export type Session = {
  id: string
  createdAt: string
  lastSeenAt: string
  expiresAt: string
  userAgent: string
  address: string
  current: boolean
}

export type PasswordLink = { url: string; purpose: 'invite' | 'reset'; expiresAt: string }

export type Organization = OrganizationName & {
  parentId: string | null
  /** From the highest one that may be read down to this one. */
  path: string[]
  archived: boolean
  createdAt: string
  archivedAt: string | null
}

export type Group = {
  id: string
  organizationId: string
  name: string
  description: string
  members: number
  createdAt: string
}
export type GroupMember = Pick<User, 'name' | 'email' | 'kind' | 'organizationId'> & { userId: string }

export type RoleGrant = {
  id: string
  subjectType: 'user' | 'group'
  subjectId: string
  subjectName: string
  role: GrantRole
  resourceType: string
  resourceId: string
  organizationId: string
  createdAt: string
}
export type RoleMatrix = {
  permissions: string[]
  roles: { role: Role; permissions: string[] }[]
  grantRoles: { role: GrantRole; permissions: string[] }[]
}

export type ApiToken = {
  id: string
  name: string
  scopes: string[]
  last4: string
  state: 'active' | 'expired' | 'revoked'
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
  revokedAt: string | null
  organizationId: string | null
}
export type NewApiToken = { name: string; scopes: string[]; expiresAt: string | null; organizationId?: string }
export type CreatedApiToken = ApiToken & { token: string }
