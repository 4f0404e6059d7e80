import type { Accepted } from './requests/accept-request.ts'
import type { Asker } from './requests/asker.ts'
import type { News } from './requests/follow-request.ts'
import type { Preview } from './requests/preview-request.ts'
import type { RequestOptions } from './requests/request-options.ts'
import type { Run } from './requests/run.ts'
import type { HistoryFilter, RequestSummary } from './store/history.ts'

/** Ask, weigh, answer. */
export type Enrichment = {
  /** Resolves when the request is durable: from then on it ends, whatever dies. */
  accept(options: RequestOptions, asker: Asker): Promise<Accepted>
  /** Resolves when every row has ended. Fails with `unavailable` when this process stops before. */
  ended(accepted: Accepted): Promise<void>
  preview(options: RequestOptions, asker: Asker): Promise<Preview>
  find(id: string): Promise<Run | undefined>
  follow(id: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<News>
  list(filter: HistoryFilter): Promise<RequestSummary[]>
  now(): number
}
