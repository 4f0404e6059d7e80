import { api } from '../../../../api/client.ts'
import type { Counts, Row, Verdict } from '../../../../api/types.ts'
import type { LiveEvent } from './apply-event.ts'

type Hearing = { onEvents: (events: LiveEvent[]) => void; onLost: () => void }

/** Failed connections in a row after which polling takes over. */
const PATIENCE = 3
const FLUSH_MS = 80

/**
 * Follows a running request from the change `after` on. Events are handed over in batches, however many arrive. The browser reconnects by
 * itself with Last-Event-ID; when it cannot, `onLost` is called once and the caller polls. Returns the way to stop.
 */
export function listen(id: string, after: number, { onEvents, onLost }: Hearing): () => void {
  const stream = new EventSource(api.requestEventsUrl(id, after))
  let waiting: LiveEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  const flush = () => {
    timer = undefined
    const events = waiting
    waiting = []
    if (events.length > 0) onEvents(events)
  }
  const on = <T>(name: string, toEvent: (data: T) => LiveEvent) =>
    stream.addEventListener(name, (message: MessageEvent<string>) => {
      failures = 0
      waiting.push(toEvent(JSON.parse(message.data) as T))
      // A timer, not an animation frame: a tab in the background must stay true as well.
      timer ??= setTimeout(flush, FLUSH_MS)
    })

  on<{ position: number; row: Row }>('row', (data) => ({ type: 'row', ...data }))
  on<{ position: number; verdict: Verdict }>('verdict', (data) => ({ type: 'verdict', ...data }))
  on<Counts>('counts', (counts) => ({ type: 'counts', counts }))
  on<{ finishedAt: string; counts: Counts }>('done', ({ finishedAt, counts }) => {
    stream.close()
    return { type: 'done', finishedAt, counts }
  })
  stream.onopen = () => {
    failures = 0
  }
  stream.onerror = () => {
    failures += 1
    if (stream.readyState !== EventSource.CLOSED && failures < PATIENCE) return
    stream.close()
    onLost()
  }
  return () => {
    stream.close()
    clearTimeout(timer)
  }
}
