import type { Context } from 'hono'

type Charge = (points: number) => void

// Keyed by the Context, as the caller is: nothing that a client sends can forge an entry.
const charges = new WeakMap<Context, Charge>()

/** Used by the edge: how the present request is charged for more than itself. */
export function offerCharge(c: Context, charge: Charge): void {
  charges.set(c, charge)
}

/**
 * Takes further points from the budgets of this request's caller: for a request that is worth more than one. Fails with
 * rate-limited when they lack room. Nothing happens where nobody counts.
 */
export function chargeFurther(c: Context, points: number): void {
  if (points > 0) charges.get(c)?.(points)
}
