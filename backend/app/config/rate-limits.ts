import { type RouteClass, routeClasses } from '../http/route-class.ts'

export const limitScopes = ['address', 'user', 'token', 'organization'] as const
/** Whose requests are added up. */
export type LimitScope = (typeof limitScopes)[number]

export type Rate = { points: number; durationSeconds: number }
export type Rates = Record<RouteClass, Partial<Record<LimitScope, Rate>>>

const perMinute = (points: number): Rate => ({ points, durationSeconds: 60 })
const forCallers = (points: number): Partial<Record<LimitScope, Rate>> => ({
  address: perMinute(points * 2),
  user: perMinute(points),
  token: perMinute(points),
  organization: perMinute(points * 4),
})

/** Generous: they stop a script that runs wild, not a busy analyst. The guesses at passwords have limits of their own. */
export const usualRates: Rates = {
  'sign-in': { address: perMinute(600) },
  ask: forCallers(120_000),
  extract: forCallers(60_000),
  read: forCallers(120_000),
  write: forCallers(60_000),
}

const longestSeconds = 24 * 86_400

/**
 * `ask.token=1000/60, read.user=600/60`: points and seconds for a class and a scope, 0 for none; the others stay usual.
 * `off` counts nothing.
 */
export function parseRates(value: string | undefined, refuse: (message: string) => void): Rates | undefined {
  if (value === 'off') return undefined
  const rates = structuredClone(usualRates)
  for (const entry of (value ?? '').split(',').map((one) => one.trim())) {
    if (entry === '') continue
    const [, routeClass, scope, points, seconds] = /^([a-z-]+)\.([a-z]+)=(\d{1,9})(?:\/(\d{1,7}))?$/.exec(entry) ?? []
    const known = routeClasses.find((one) => one === routeClass)
    const whose = limitScopes.find((one) => one === scope)
    const durationSeconds = Number(seconds ?? 60)
    if (!known || !whose || durationSeconds < 1 || durationSeconds > longestSeconds) {
      refuse(
        `has "${entry}": write class.scope=points/seconds such as ask.token=1000/60; ` +
          `classes are ${routeClasses.join(', ')}, scopes ${limitScopes.join(', ')}, seconds 1 to ${longestSeconds}; or write off`,
      )
    } else if (Number(points) === 0) delete rates[known][whose]
    else rates[known][whose] = { points: Number(points), durationSeconds }
  }
  return rates
}
