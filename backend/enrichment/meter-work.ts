import type { Metrics } from '../observability/index.ts'
import type { QuotaLines } from './pacing/quota-line.ts'
import type { Run } from './requests/run.ts'
import type { ResultCache } from './result-cache/result-cache.ts'
import type { Flights } from './single-flight/flights.ts'

/** Counts what passes through the parts of the main road; docs/metrics.md lists it. The parts know nothing of it. */
export type WorkMeter = {
  cache(cache: ResultCache): ResultCache
  flights(flights: Flights): Flights
  lines(lines: QuotaLines): QuotaLines
  accepted(): void
  ended(run: Run): void
  stream<T>(events: AsyncGenerator<T>): AsyncGenerator<T>
  /** Rows that wait for a provider's limit now. */
  waiting(): number
}

export function openWorkMeter(metrics: Metrics): WorkMeter {
  const requests = metrics.counter('indag_requests_total', 'Requests accepted', [])
  const rows = metrics.counter('indag_rows_total', 'Rows of requests that ended, by state', ['state'])
  const lookups = metrics.counter('indag_result_cache_lookups_total', 'Looks into the cache of results', ['result'])
  const boarded = metrics.counter('indag_flights_total', 'Questions by whether their call was ours to make', ['kind'])
  const passages = metrics.counter('indag_quota_passages_total', 'Rows that left the line for a limit', ['outcome'])
  let waiting = 0
  let streams = 0
  metrics.gauge('indag_quota_waiting', 'Rows that wait for the limit of a provider now', () => waiting)
  metrics.gauge('indag_event_streams', 'Event streams that are open now', () => streams)
  return {
    cache: (cache) => ({
      ...cache,
      async lookUp(questions) {
        const found = await cache.lookUp(questions)
        for (const one of found) lookups.inc({ result: one ? 'hit' : 'miss' })
        return found
      },
    }),
    flights: (flights) => ({
      ...flights,
      async board(keys, signal) {
        const taken = await flights.board(keys, signal)
        for (const { kind } of taken) boarded.inc({ kind })
        return taken
      },
    }),
    lines: (lines) => ({
      async enter(source, waiter) {
        waiting += 1
        try {
          const passage = await lines.enter(source, waiter)
          passages.inc({ outcome: passage.go ? 'went' : passage.state })
          return passage
        } finally {
          waiting -= 1
        }
      },
    }),
    accepted: () => requests.inc(),
    ended(run) {
      const { counts } = run
      rows.inc({ state: 'found' }, counts.found)
      rows.inc({ state: 'not-found' }, counts.notFound)
      rows.inc({ state: 'skipped' }, counts.skipped)
      rows.inc({ state: 'failed' }, counts.failed)
    },
    async *stream(events) {
      streams += 1
      try {
        yield* events
      } finally {
        streams -= 1
      }
    },
    waiting: () => waiting,
  }
}
