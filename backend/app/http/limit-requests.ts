import type { Context, MiddlewareHandler } from 'hono'
import {
  type Balance,
  type Budget,
  Budgets,
  type Clock,
  fail,
  offerCharge,
  type SharedStore,
} from '../../foundation/index.ts'
import type { Principal } from '../../identity/index.ts'
import { type LimitScope, limitScopes, type Rates } from '../config/rate-limits.ts'
import { classOf, routeClasses, type RouteClass, unitOf } from './route-class.ts'
import { networkOf } from './network-of.ts'

export type RequestLimits = {
  /** To stand before everything that reads a body or looks for a caller: counts the address. */
  count: MiddlewareHandler
  /** Counts the caller: user, token, organization. Fails with rate-limited. */
  admit(c: Context, caller: Principal): void
  /** Whether all processes count together at the moment. */
  shared(): boolean
  close(): Promise<void>
}

type Parts = { rates: Rates; store: SharedStore; clock: Clock; addressOf(c: Context): string }
type Scoped = Budget & { scope: LimitScope; routeClass: RouteClass; policy: string }
type Key = { budget: Scoped; key: string }
/** What this request is counted under, and how the tightest of it stands. */
type Standing = { routeClass: RouteClass; keys: Key[]; tightest: Balance | undefined }

const whose: Record<LimitScope, string> = {
  address: 'your address',
  user: 'you',
  token: 'this API token',
  organization: 'your organization',
}

/**
 * The limits of requests: each class of routes has a budget for the address, the user, the token and the organization.
 * Every answer tells where the caller stands by `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function limitRequests({ rates, store, clock, addressOf }: Parts): RequestLimits {
  const scoped = scopedBudgets(rates)
  const budgets = new Budgets(store, [...scoped.values()], clock)
  const standings = new WeakMap<Context, Standing>()
  const keyFor = (routeClass: RouteClass, scope: LimitScope, key: string): Key[] => {
    const budget = scoped.get(`${routeClass}-${scope}`)
    return budget ? [{ budget, key }] : []
  }

  function spend(standing: Standing, keys: readonly Key[], points: number, cost = points): void {
    if (keys.length === 0) return
    const spent = budgets.spend(keys, points)
    const seen = spent.allowed ? spent.tightest : spent.short
    if (!standing.tightest || seen.remaining <= standing.tightest.remaining) standing.tightest = seen
    if (!spent.allowed) refuse(spent.short, cost)
  }

  return {
    count: async (c, next) => {
      const routeClass = classOf(c.req.method, c.req.path)
      const keys = keyFor(routeClass, 'address', networkOf(addressOf(c)))
      const standing: Standing = { routeClass, keys, tightest: undefined }
      standings.set(c, standing)
      offerCharge(c, (points) => spend(standing, standing.keys, points, points + 1))
      try {
        spend(standing, keys, 1)
        await next()
      } finally {
        tell(c, standing)
      }
    },
    admit(c, caller) {
      const standing = standings.get(c)
      if (!standing) return
      const { routeClass } = standing
      const own = [
        ...keyFor(routeClass, 'user', caller.user.id),
        ...(caller.via === 'token' ? keyFor(routeClass, 'token', caller.tokenId) : []),
        ...keyFor(routeClass, 'organization', caller.organizationId),
      ]
      standing.keys = [...standing.keys, ...own]
      spend(standing, own, 1)
    },
    shared: () => budgets.shared,
    close: () => budgets.close(),
  }
}

function scopedBudgets(rates: Rates): Map<string, Scoped> {
  const all = routeClasses.flatMap((routeClass) =>
    limitScopes.flatMap((scope): Scoped[] => {
      const rate = rates[routeClass][scope]
      if (!rate) return []
      const name = `${routeClass}-${scope}`
      const policy = `"${name}";q=${rate.points};w=${rate.durationSeconds}`
      return [{ ...rate, name, scope, routeClass, policy }]
    }),
  )
  return new Map(all.map((budget) => [budget.name, budget]))
}

function tell(c: Context, { keys, tightest }: Standing): void {
  if (!tightest) return
  const { budget, remaining, resetMs } = tightest
  c.res.headers.set('ratelimit-policy', keys.map((key) => key.budget.policy).join(', '))
  c.res.headers.set('ratelimit', `"${budget.name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`)
}

function refuse({ budget, remaining, resetMs }: Balance, cost: number): never {
  const { name, scope, routeClass, points: most, durationSeconds } = budget as Scoped
  const unit = unitOf[routeClass]
  const rule = `The limit "${name}" allows ${whose[scope]} ${most} ${unit} in ${durationSeconds} s`
  if (cost > most) {
    fail('rate-limited', `${rule}, and this request costs ${cost}: it never fits. Ask for less at once.`, {
      retryAfterMs: resetMs,
    })
  }
  const seconds = Math.max(1, Math.ceil(resetMs / 1000))
  fail(
    'rate-limited',
    `${rule}; ${remaining} are left, and this request costs ${cost}. It begins anew in ${seconds} s, ` +
      `at ${new Date(Date.now() + resetMs).toISOString()}.`,
    { retryAfterMs: resetMs },
  )
}
