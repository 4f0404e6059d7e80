import { PAP_LEVELS, ROLES, TLP_LEVELS } from './api/types.ts'
import type { Pap, Role, Tlp } from './api/types.ts'

/** What each page keeps in its address. Unknown or odd values fall away: an old link still opens. */
type Raw = Record<string, unknown>

const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
const whole = (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
const oneOf = <T extends string>(value: unknown, values: readonly T[]) => values.find((known) => known === value)

/** A change to a page's address, made from what it is at that moment: two quick changes must not undo each other. */
export type ChangeSearch<T> = (change: (now: T) => T, options?: { replace?: boolean }) => void

/** The same without some keys. */
export function without<T extends object, K extends keyof T>(search: T, ...keys: K[]): Omit<T, K> {
  const rest = { ...search }
  for (const key of keys) delete rest[key]
  return rest
}

/** The same with a key set, or without it when the value is empty. */
export function withValue<T extends object>(search: T, key: keyof T, value: string): T {
  return value === '' ? (without(search, key) as T) : { ...search, [key]: value }
}

/** Drops the undefined, so that addresses stay short and optional properties stay exact. */
function present<T extends Raw>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

export const INDICATOR_SORTS = ['order', 'verdict', 'value', 'kind', 'pending'] as const
export const DETAIL_TABS = ['facts', 'raw', 'calls', 'logs', 'run'] as const
export type IndicatorSort = (typeof INDICATOR_SORTS)[number]
export type DetailTab = (typeof DETAIL_TABS)[number]

export type InvestigateSearch = { tlp?: Tlp; pap?: Pap; fresh?: true; hosts?: true; skip?: true; sources?: string }
export const investigate = (raw: Raw): InvestigateSearch =>
  present({
    tlp: oneOf(raw['tlp'], TLP_LEVELS),
    pap: oneOf(raw['pap'], PAP_LEVELS),
    fresh: raw['fresh'] === true ? (true as const) : undefined,
    hosts: raw['hosts'] === true ? (true as const) : undefined,
    skip: raw['skip'] === true ? (true as const) : undefined,
    sources: text(raw['sources']),
  })

export type RequestSearch = {
  q?: string
  verdict?: string
  kind?: string
  state?: string
  sort?: IndicatorSort
  open?: number
  source?: string
  tab?: DetailTab
}
export const request = (raw: Raw): RequestSearch =>
  present({
    q: text(raw['q']),
    verdict: text(raw['verdict']),
    kind: text(raw['kind']),
    state: text(raw['state']),
    sort: oneOf(raw['sort'], INDICATOR_SORTS),
    open: whole(raw['open']),
    source: text(raw['source']),
    tab: oneOf(raw['tab'], DETAIL_TABS),
  })

export type HistorySearch = { q?: string; kind?: string; verdict?: string; state?: string }
export const history = (raw: Raw): HistorySearch =>
  present({
    q: text(raw['q']),
    kind: text(raw['kind']),
    verdict: text(raw['verdict']),
    state: text(raw['state']),
  })

export type SourcesSearch = { q?: string; kind?: string; show?: string; at?: string }
export const sources = (raw: Raw): SourcesSearch =>
  present({ q: text(raw['q']), kind: text(raw['kind']), show: text(raw['show']), at: text(raw['at']) })

export type NamedSearch = { q?: string; new?: true }
/** A list with a search and a form for one more. */
export const named = (raw: Raw): NamedSearch =>
  present({ q: text(raw['q']), new: raw['new'] === true ? (true as const) : undefined })

export type UsersSearch = NamedSearch & { role?: Role; organization?: string }
export const users = (raw: Raw): UsersSearch =>
  present({ ...named(raw), role: oneOf(raw['role'], ROLES), organization: text(raw['organization']) })

export type AuditSearch = {
  action?: string
  outcome?: 'done' | 'denied'
  actor?: string
  resourceId?: string
  /** In UTC: 2026-11-21. */
  day?: string
  /** The entry that is shown whole. */
  open?: string
}
export const audit = (raw: Raw): AuditSearch =>
  present({
    action: text(raw['action']),
    outcome: oneOf(raw['outcome'], ['done', 'denied'] as const),
    actor: text(raw['actor']),
    resourceId: text(raw['resourceId']),
    day: /^\d{4}-\d\d-\d\d$/.test(String(raw['day'])) ? String(raw['day']) : undefined,
    open: text(raw['open']),
  })

/** The organization that a question is about. */
export const place = (raw: Raw): { at?: string } => present({ at: text(raw['at']) })

export type RolesSearch = { role?: Role; granted?: true }
export const roles = (raw: Raw): RolesSearch =>
  present({ role: oneOf(raw['role'], ROLES), granted: raw['granted'] === true ? (true as const) : undefined })

/** `trial`: somebody has come back from a provider that was tried. */
export const openIdProviders = (raw: Raw): { trial?: true } => (raw['trial'] === true ? { trial: true } : {})

/** `ended`: a session was there and is over. `next` must stay on this site: an absolute or protocol-relative address would be an open redirect. */
export const signIn = (raw: Raw): { next?: string; ended?: true; problem?: string } => {
  const next = text(raw['next'])
  return {
    ...(next && /^\/(?![/\\])/.test(next) ? { next } : {}),
    ...(raw['ended'] === true ? { ended: true as const } : {}),
    ...present({ problem: text(raw['problem']) }),
  }
}
