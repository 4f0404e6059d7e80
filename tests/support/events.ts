import type { Product } from './product.ts'

export type StreamEvent = { event: string; id?: string; data: unknown }

/** Reads a request's event stream to its end. Fails when it ends without the final event. */
export async function followEvents(
  product: Product,
  id: string,
  lastEventId?: string,
  backend = product.url,
): Promise<StreamEvent[]> {
  const answer = await fetch(`${backend}/api/v1/requests/${id}/events`, {
    headers: {
      authorization: `Bearer ${product.admin.token}`,
      ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
    },
  })
  if (!answer.ok) throw new Error(`The stream answers ${answer.status}: ${await answer.text()}`)
  const events = parseEvents(await answer.text())
  if (events.at(-1)?.event !== 'done') throw new Error('The stream ended without its final event')
  return events
}

/** The events of an event stream, whole or the beginning of one. */
export function parseEvents(text: string): StreamEvent[] {
  return text.split('\n\n').flatMap(parseEvent)
}

function parseEvent(block: string): StreamEvent[] {
  const fields = new Map(
    block.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ')
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 2)] as const] : []
    }),
  )
  const [event, data, id] = [fields.get('event'), fields.get('data'), fields.get('id')]
  if (!event || data === undefined) return []
  return [{ event, data: JSON.parse(data) as unknown, ...(id === undefined ? {} : { id }) }]
}
