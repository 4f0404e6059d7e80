import { createHash } from 'node:crypto'
import type { Postgres } from '../../foundation/index.ts'
import type { PlannedSource, Run } from '../requests/run.ts'

// A plan is the same object for as long as the sources stay the same, so most requests find its id here.
const ids = new WeakMap<readonly PlannedSource[], string>()
const written = new WeakMap<Postgres, Set<string>>()

export function planId(plan: readonly PlannedSource[]): string {
  let id = ids.get(plan)
  if (!id) ids.set(plan, (id = createHash('sha256').update(JSON.stringify(plan)).digest('hex')))
  return id
}

/** Makes sure that the plans of these runs are stored; asks the database only about those that it was never told. */
export async function writeNewPlans(sql: Postgres, runs: Iterable<Run>): Promise<void> {
  let known = written.get(sql)
  if (!known) written.set(sql, (known = new Set()))
  for (const { head } of runs) {
    const id = planId(head.plan)
    if (known.has(id)) continue
    await sql`insert into enrichment.plans (id, sources) values (${id}, ${JSON.stringify(head.plan)}::text::json) on conflict do nothing`
    known.add(id)
  }
}
