/** The parts of the API's answers that the CLI shows. `--json` passes on all of them, untouched. */
export type Problem = {
  status: number
  code: string
  detail: string
  traceId?: string
  errors?: { path: string; message: string; fix?: string }[]
  retryAfterSeconds?: number
}

export type Rejected = { text: string; kind?: string; code: string; reason: string }
export type Claim = { source: string; name: string; level: string; says: string; score: number }

export type VerdictLevel = 'malicious' | 'suspicious' | 'benign' | 'unknown'

export type Verdict = {
  level: VerdictLevel
  score: number
  confidence: number
  final: boolean
  summary: string
  agree: Claim[]
  disagree: Claim[]
}

export type RowState = 'queued' | 'running' | 'found' | 'not-found' | 'skipped' | 'failed'

export type Row = {
  source: { slug: string; name: string }
  state: RowState
  reason: { code: string; detail: string } | null
  eta: string | null
  result: { summary: string; verdict?: string } | null
  cached: { ageSeconds: number } | null
  durationMs: number | null
}

export type IndicatorView = { kind: string; value: string; defanged: string; verdict: Verdict; rows: Row[] }

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
  counts: Counts
  rejected: Rejected[]
  indicators: IndicatorView[]
}

export type Extraction = {
  indicators: { kind: string; value: string; defanged: string; count: number }[]
  rejected: Rejected[]
}

export type SourceView = {
  slug: string
  name: string
  kinds: string[]
  exposure: string
  enabled: boolean
  ready: boolean
  notReady: { code: string; detail: string } | null
}

export type LoadedList = { records: number; rejected: { line: number; text: string; reason: string }[] }

export type RunnerView = {
  endpoint: string
  language: string
  languageVersion: string
  state: string
  sandboxLevel: string
  latencyMs: number | null
  load: { runningCalls: number; queuedCalls: number }
  detail?: string
}

export type ApiToken = {
  id: string
  name: string
  scopes: string[]
  last4: string
  state: 'active' | 'expired' | 'revoked'
  expiresAt: string | null
  lastUsedAt: string | null
}

export type Me = { user: { email: string; name: string; role: string }; scopes: string[] }
export type Items<T> = { items: T[] }

export type UserRecord = {
  id: string
  email: string | null
  name: string
  role: string
  organizationId: string
  hasPassword: boolean
  disabledAt: string | null
  lastSignInAt: string | null
}
export type PasswordLink = { url: string; purpose: string; expiresAt: string }
export type Organization = {
  id: string
  slug: string
  name: string
  parentId: string | null
  path: string[]
  archived: boolean
}
export type Page<T> = { items: T[]; next: string | null }
