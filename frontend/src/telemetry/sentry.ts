import {
  BrowserClient,
  defaultStackParser,
  getCurrentScope,
  globalHandlersIntegration,
  makeFetchTransport,
} from '@sentry/browser'
import type { ErrorEvent } from '@sentry/browser'
import type { ClientConfig } from '../api/types.ts'
import { lastTraceId } from './trace-call.ts'

const kept = [
  'type',
  'event_id',
  'timestamp',
  'level',
  'platform',
  'release',
  'environment',
  'sdk',
  'exception',
] as const
const quoted = /"[^"]*"|'[^']*'|`[^`]*`/g
const likeAValue = /\S*[@\\]\S*|\w+:\/\/\S+|\S*[\w\]][.:]\S*[\w\]]|[\w+/=-]{20,}|\bcve-\d+-\d+/gi

/** Reports errors that nobody caught. Nothing else is watched: no clicks, no calls, no console, no address of the page. */
export function startSentry({ dsn, environment, release }: NonNullable<ClientConfig['sentry']>): void {
  const client = new BrowserClient({
    dsn,
    environment,
    release,
    transport: makeFetchTransport,
    stackParser: defaultStackParser,
    integrations: [globalHandlersIntegration()],
    beforeSend: harmless,
  })
  getCurrentScope().setClient(client)
  client.init()
}

/** What is not named is not sent; of a message only its plain words. */
function harmless(event: ErrorEvent): ErrorEvent {
  const sent = Object.fromEntries(
    kept.filter((key) => key in event).map((key) => [key, event[key]]),
  ) as object as ErrorEvent
  sent.tags = { service: 'indag-browser', traceId: lastTraceId() }
  for (const error of sent.exception?.values ?? []) {
    error.value = (error.value ?? '').replace(quoted, '[value]').replace(likeAValue, '[value]')
    if (error.mechanism) delete error.mechanism.data
    for (const frame of error.stacktrace?.frames ?? []) {
      // Inline scripts cannot run here, so a frame is in a file of ours; its query or fragment is not.
      if (frame.filename) frame.filename = frame.filename.split(/[?#]/)[0]!
      delete frame.context_line
    }
  }
  return sent
}
