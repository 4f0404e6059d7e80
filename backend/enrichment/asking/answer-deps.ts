import type { Clock, Postgres } from '../../foundation/index.ts'
import type { Logger } from '../../observability/index.ts'
import type { RunnerPool } from '../../runner-pool/index.ts'
import type { Datasets, Sources } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'
import type { CallSlots } from '../pacing/call-slots.ts'
import type { CircuitBreaker } from '../pacing/circuit-breaker.ts'
import type { QuotaLines } from '../pacing/quota-line.ts'
import type { LiveRequests } from '../requests/live-requests.ts'
import type { ResultCache } from '../result-cache/result-cache.ts'
import type { Flights } from '../single-flight/flights.ts'

/** What answering a row works with. */
export type AnswerDeps = {
  sql: Postgres
  sources: Sources
  datasets: Pick<Datasets, 'matches'>
  pool: RunnerPool
  cache: ResultCache
  flights: Flights
  lines: QuotaLines
  breaker: CircuitBreaker
  slots: CallSlots
  lives: LiveRequests
  clock: Clock
  log: Logger
  noteAnswer(source: string, answer: Answer): void
}
