import type { Context } from 'hono'
import { streamSSE, type SSEStreamingApi } from 'hono/streaming'
import { fail } from '../../foundation/index.ts'
import type { Enrichment } from '../enrichment.ts'
import type { News } from '../requests/follow-request.ts'
import { verdictOf } from '../requests/run.ts'
import { viewRow } from '../requests/view-request.ts'

/** Proxies and browsers drop silent connections. */
const keepAliveMs = 15_000

/** Streams a request's changes as server-sent events until it has ended, from `Last-Event-ID` on. */
export function streamRequest(c: Context, enrichment: Enrichment, id: string): Response {
  const afterSeq = readLastEventId(c.req.header('last-event-id') ?? c.req.query('after'))
  c.header('x-accel-buffering', 'no')
  return streamSSE(c, async (stream) => {
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    const timer = setInterval(() => void stream.write(': still here\n\n'), keepAliveMs)
    try {
      await stream.write('retry: 1000\n\n')
      for await (const news of enrichment.follow(id, afterSeq, gone.signal))
        await writeNews(stream, news, enrichment.now())
    } finally {
      clearInterval(timer)
    }
  })
}

async function writeNews(stream: SSEStreamingApi, { run, rows, ended }: News, nowMs: number): Promise<void> {
  const parts = rows.map((row) => event('row', { position: row.position, row: viewRow(row) }, row.seq))
  for (const position of new Set(rows.map((row) => row.position))) {
    const item = run.items[position]!
    parts.push(event('verdict', { position, verdict: item.verdict ?? verdictOf(item, nowMs) }))
  }
  parts.push(event('counts', run.counts))
  if (ended && run.finishedAtMs !== null) {
    const finishedAt = new Date(run.finishedAtMs).toISOString()
    parts.push(event('done', { id: run.head.id, state: 'done', finishedAt, counts: run.counts }, run.seq))
  }
  await stream.write(parts.join(''))
}

/** Only rows carry an id: a client resumes after the last row it saw, and verdicts follow from rows. */
function event(name: string, data: unknown, id?: number): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

function readLastEventId(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  const seq = Number(text)
  if (Number.isSafeInteger(seq) && seq >= 0) return seq
  return fail('invalid-input', 'Last-Event-ID must be the id of an earlier event of this stream.', {
    fields: [
      {
        path: 'header.last-event-id',
        message: `"${text}" is not a number`,
        fix: 'Send the last id you got, or leave it out.',
      },
    ],
  })
}
