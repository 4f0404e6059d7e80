import type { OpenAPIHono } from '@hono/zod-openapi'
import { fail, newRouter, type Cache, type Clock, type Postgres } from '../foundation/index.ts'
import { withNewTrace, type Logger, type Metrics } from '../observability/index.ts'
import type { RunnerPool } from '../runner-pool/index.ts'
import type { Datasets, Sources } from '../sources/index.ts'
import type { Enrichment } from './enrichment.ts'
import { acceptRequest } from './requests/accept-request.ts'
import { openWorkMeter } from './meter-work.ts'
import { openCallSlots } from './pacing/call-slots.ts'
import { openCircuitBreaker, type CircuitBreaker } from './pacing/circuit-breaker.ts'
import { followRequest } from './requests/follow-request.ts'
import { openLiveRequests } from './requests/live-requests.ts'
import { previewRequest } from './requests/preview-request.ts'
import { openProcessLife } from './requests/process-life.ts'
import { openQuotaLines } from './pacing/quota-line.ts'
import { runRequest, type RunDeps } from './requests/run-request.ts'
import type { OwnAssets } from './requests/settle-rows.ts'
import { openResultCache } from './result-cache/result-cache.ts'
import { openGroupCommit } from './results/group-commit.ts'
import { indicatorRoutes } from './routes/indicator-routes.ts'
import { requestRoutes } from './routes/request-routes.ts'
import { openFlights } from './single-flight/flights.ts'
import { listRequests } from './store/history.ts'
import { loadRun } from './store/load-request.ts'
import { ensurePartitions } from './store/partitions.ts'
import { listProcesses, type ProcessBeat } from './store/processes.ts'

export type EnrichmentOptions = {
  sql: Postgres
  sources: Sources
  datasets: Pick<Datasets, 'matches'>
  pool: RunnerPool
  cache: Cache
  clock: Clock
  log: Logger
  metrics: Metrics
  /** Calls at once, over all runners; 128 unless told. */
  concurrency?: number
  /** The inventory's answer to "is it ours"; nothing is ours unless told. */
  ownAssets?: OwnAssets
}

export type EnrichmentModule = Enrichment & {
  routes: OpenAPIHono
  /** Begins to run requests and to take over those of dead processes. */
  start(): Promise<void>
  /** Requests that this process runs at the moment. */
  running(): number
  /** Rows that wait here for the limit of a provider. */
  waiting(): number
  /** All backend processes that run requests, by their heartbeats; this one is marked. */
  processes(): Promise<(ProcessBeat & { own: boolean })[]>
  /** Stops running; what has not ended is left for the next process. */
  close(): Promise<void>
}

const partitionsEveryMs = 24 * 3_600_000
const flushOnCloseMs = 3_000

/** Opens the main road: requests, their rows, the cache of results, the verdicts, the history. */
export function openEnrichment(options: EnrichmentOptions): EnrichmentModule {
  const { sql, sources, clock, log } = options
  const life = openProcessLife(sql, { running: inHand, onAdopted: resumeAll, onDeclaredDead: dropAll }, log)
  const groupCommit = openGroupCommit(sql, life.id, log)
  const lives = openLiveRequests(groupCommit)
  const meter = openWorkMeter(options.metrics)
  const flights = meter.flights(openFlights({ sql, owner: life.id, clock }))
  const deps: RunDeps = {
    sql,
    sources,
    datasets: options.datasets,
    pool: options.pool,
    clock,
    log,
    flights,
    lives,
    cache: meter.cache(openResultCache(options.cache)),
    lines: meter.lines(openQuotaLines(sources.quotas, clock)),
    breaker: openCircuitBreaker(clock),
    slots: openCallSlots(options.concurrency ?? 128),
    ownAssets: options.ownAssets ?? ((indicators) => Promise.resolve(indicators.map(() => null))),
    noteAnswer: countAnswers(options.metrics),
  }
  const stopResetting = forgetFailures(sources, deps.breaker)
  const resuming = new Set<string>()
  let stopListening = (): Promise<void> => Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function inHand(): string[] {
    return [...lives.all().map((live) => live.run.head.id), ...resuming]
  }

  /** One that cannot be loaded now is adopted again at the next beat. */
  function resumeAll(ids: string[]): void {
    for (const id of ids) {
      resuming.add(id)
      void resume(id)
        .catch((error: unknown) => log.error({ err: error, request: id }, 'a request could not be resumed'))
        .finally(() => resuming.delete(id))
    }
  }

  async function resume(id: string): Promise<void> {
    if (lives.get(id)) return
    const run = await loadRun(sql, id)
    if (!run || run.finishedAtMs !== null) return
    log.info({ request: id, open: run.counts.queued + run.counts.running }, 'a request is resumed')
    const live = lives.add(run, true)
    const ended = withNewTrace(() => runRequest(deps, live))
    await ended.then(() => meter.ended(run)).catch(() => {})
  }

  function dropAll(): void {
    for (const live of lives.all()) {
      if (live.ended) continue
      live.stop.abort(new Error('this process stops running the request'))
      lives.remove(live.run.head.id)
    }
  }

  const enrichment: Enrichment = {
    async accept(ask, asker) {
      const accepted = await acceptRequest(deps, ask, asker)
      meter.accepted()
      accepted.ended.then(() => meter.ended(accepted.run)).catch(() => {})
      return accepted
    },
    ended: ({ run, ended }) =>
      ended.catch(() =>
        fail('unavailable', `The server is stopping; request ${run.head.id} goes on by itself. Poll it in a moment.`, {
          retryAfterMs: 3_000,
        }),
      ),
    preview: (ask, asker) => previewRequest(deps, ask, asker),
    find: async (id) => lives.get(id)?.run ?? (await loadRun(sql, id)),
    follow: (id, afterSeq, signal) => meter.stream(followRequest({ sql, lives }, id, afterSeq, signal)),
    list: (filter) => listRequests(sql, filter),
    now: () => clock.now(),
  }
  const routes = newRouter()
  routes.route('/', requestRoutes(enrichment))
  routes.route('/', indicatorRoutes())

  return {
    ...enrichment,
    routes,
    async start() {
      await ensurePartitions(sql, clock.now())
      timer = setInterval(
        () =>
          void ensurePartitions(sql, clock.now()).catch((error: unknown) =>
            log.error({ err: error }, 'no partition for the next month'),
          ),
        partitionsEveryMs,
      )
      timer.unref()
      const listening = await sql.listen('enrichment_progress', (id) => lives.announce(id))
      stopListening = () => listening.unlisten()
      await life.start()
    },
    running: () => lives.all().filter((live) => !live.ended).length,
    waiting: meter.waiting,
    processes: async () => (await listProcesses(sql)).map((one) => ({ ...one, own: one.id === life.id() })),
    async close() {
      clearInterval(timer)
      stopResetting()
      dropAll()
      await flights.close()
      await groupCommit.close(flushOnCloseMs)
      await life.close()
      await stopListening().catch(() => {})
    },
  }
}

/** A source whose configuration, key or code changed starts afresh; a notice about others, or a limit, changes nothing. */
function forgetFailures(sources: Sources, breaker: CircuitBreaker): () => void {
  const knowledge = (): Map<string, string> =>
    new Map(
      [...Map.groupBy(sources.everywhere(), (source) => source.quotaId)].map(([quotaId, variants]) => [
        quotaId,
        variants.map((source) => `${source.version} ${source.configHash}`).join(),
      ]),
    )
  let before = knowledge()
  return sources.onChange(() => {
    const now = knowledge()
    for (const [id, hash] of now) if (before.get(id) !== hash) breaker.reset(id)
    before = now
  })
}

function countAnswers(metrics: Metrics): RunDeps['noteAnswer'] {
  const counter = metrics.counter('indag_source_answers_total', 'Answers of sources by outcome', ['source', 'state'])
  const duration = metrics.histogram(
    'indag_source_answer_seconds',
    'Duration of calls to sources',
    ['source'],
    [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
  )
  return (source, answer) => {
    counter.inc({ source, state: answer.state })
    duration.observe({ source }, (answer.finishedAtMs - answer.startedAtMs) / 1000)
  }
}
