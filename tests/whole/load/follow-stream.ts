import { setTimeout as after } from 'node:timers/promises'
import { parseEvents, type StreamEvent } from '../../support/events.ts'
import type { Client } from './client.ts'

export type Followed = { resumed: number; wrong: string[] }

/** As the server asks for by its `retry` field. */
const retryMs = 1_000

/**
 * Follows a request to its final event as the page does: where the stream breaks it is opened again after the last id.
 * Resolves with the final event only: a stream that never gets it is never followed to its end.
 */
export async function followStream(client: Client, id: string, n: number): Promise<Followed> {
  const followed: Followed = { resumed: 0, wrong: [] }
  let lastId: string | undefined
  for (;;) {
    try {
      for await (const event of eventsOf(client.follow(`/api/v1/requests/${id}/events`, lastId, n))) {
        if (event.event === 'row' && Number(event.id) <= Number(lastId ?? 0))
          followed.wrong.push(`${id}: row ${event.id} came again after ${lastId}`)
        lastId = event.id ?? lastId
        if (event.event !== 'done') continue
        const { counts } = event.data as { counts: { queued: number; running: number } }
        if (counts.queued + counts.running > 0) followed.wrong.push(`${id}: done with ${JSON.stringify(counts)}`)
        return followed
      }
    } catch {
      // Broken by the kill: what follows is what is tested.
    }
    followed.resumed += 1
    await after(retryMs)
  }
}

async function* eventsOf(chunks: AsyncGenerator<string>): AsyncGenerator<StreamEvent> {
  let text = ''
  for await (const chunk of chunks) {
    text += chunk
    const end = text.lastIndexOf('\n\n')
    if (end < 0) continue
    yield* parseEvents(text.slice(0, end))
    text = text.slice(end + 2)
  }
}
