import { newId } from '../../foundation/index.ts'
import type { Asker } from './asker.ts'
import type { Live } from './live-requests.ts'
import { planSources } from './plan-request.ts'
import { readIndicators } from './read-indicators.ts'
import type { RequestOptions } from './request-options.ts'
import { chunkSize, finishRun, runRequest, type RunDeps } from './run-request.ts'
import { hasEnded, startRun, type Row, type Run } from './run.ts'
import { applyChanges, settleRows } from './settle-rows.ts'

/** A durable request, and when it will have ended. `ended` rejects when this process stops before that. */
export type Accepted = { run: Run; ended: Promise<void> }

/**
 * Accepts a request: when it resolves, the request is durable and will end whatever happens to this process.
 * A small request is first answered from the cache as far as that goes, so that a repeated question costs one write.
 */
export async function acceptRequest(deps: RunDeps, options: RequestOptions, asker: Asker): Promise<Accepted> {
  const run = prepareRun(deps, options, asker)
  if (run.items.length > chunkSize) {
    const live = deps.lives.add(run)
    await commitAccepted(deps, live, [])
    return { run, ended: started(runRequest(deps, live)) }
  }
  const { changes, open } = await settleRows(deps, run.head, run.items)
  const changed = applyChanges(run, changes)
  if (hasEnded(run)) finishRun(run, deps.clock.now())
  const live = deps.lives.add(run)
  await commitAccepted(deps, live, changed)
  return { run, ended: hasEnded(run) ? Promise.resolve() : started(runRequest(deps, live, open)) }
}

/** What was asked, read and planned; nothing is kept yet. Fails naming the field and the fix. */
export function prepareRun(deps: Pick<RunDeps, 'sources' | 'clock'>, options: RequestOptions, asker: Asker): Run {
  const { indicators, rejected } = readIndicators(options)
  asker.charge(indicators.length)
  const plan = planSources(deps.sources.snapshotFor(asker.organizationId), options.sources)
  return startRun(
    {
      id: newId(),
      createdAtMs: deps.clock.now(),
      createdBy: { id: asker.id, name: asker.name },
      organizationId: asker.organizationId,
      tlp: options.tlp,
      pap: options.pap,
      fresh: options.fresh,
      overQuota: options.overQuota,
      chosen: options.sources ?? null,
      plan,
      rejected,
    },
    indicators,
  )
}

async function commitAccepted(deps: RunDeps, live: Live, rows: readonly Row[]): Promise<void> {
  try {
    await deps.lives.commit(live, { accepted: true, rows })
  } catch (error) {
    deps.lives.remove(live.run.head.id)
    throw error
  }
}

/** Runs on by itself: whoever awaits it hears of a failure, and nobody else must. */
function started(running: Promise<void>): Promise<void> {
  running.catch(() => {})
  return running
}
