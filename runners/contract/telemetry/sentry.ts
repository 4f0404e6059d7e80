import type { ErrorEvent } from '@sentry/node'
import { withoutSecrets } from '../log.ts'

/** Tells somebody of defects of ours; `flush` waits until it is told, at most so long. */
export type Reporter = { report(cause: unknown, traceId?: string): void; flush(withinMs: number): Promise<unknown> }
export type SentryEnv = { dsn: string; environment: string; release?: string }

const KEPT = [
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
const HELD = ['vars', 'context_line', 'pre_context', 'post_context'] as const
const NOBODY: Reporter = { report: () => {}, flush: () => Promise.resolve() }
const QUOTED = /(["'`])(?:(?!\1).)*\1/g
const LIKE_A_VALUE = /\S*[@\\]\S*|\w+:\/\/\S+|\S*[\w\]][.:]\S*[\w\]]|[\w+/=-]{20,}|\bcve-\d+-\d+/gi

/**
 * Sends defects of the runner to Sentry; loaded only when a DSN is given. What is not KEPT is not sent, and of a message only
 * its plain words: a source's code, values and answers stay here.
 */
export async function openReporter(env: SentryEnv | undefined, service: string, version: string): Promise<Reporter> {
  if (!env) return NOBODY
  const sentry = await import('@sentry/node')
  const { dsn, environment, release = `indag@${version}` } = env
  const beforeSend = (event: ErrorEvent) => harmless(event, service)
  sentry.init({
    dsn,
    environment,
    release,
    defaultIntegrations: false,
    enableRuntimeChannelInjection: false,
    beforeSend,
  })
  return {
    report: (cause, traceId) => void sentry.captureException(cause, traceId ? { tags: { traceId } } : {}),
    flush: (withinMs) => sentry.flush(withinMs),
  }
}

function harmless(event: ErrorEvent, service: string): ErrorEvent {
  const traceId = event.tags?.['traceId']
  const kept = Object.fromEntries(
    KEPT.filter((key) => key in event).map((key) => [key, event[key]]),
  ) as object as ErrorEvent
  for (const error of kept.exception?.values ?? []) {
    error.value = withoutSecrets(error.value ?? '')
      .replace(QUOTED, '[value]')
      .replace(LIKE_A_VALUE, '[value]')
    if (error.mechanism) delete error.mechanism.data
    for (const frame of error.stacktrace?.frames ?? []) for (const held of HELD) delete frame[held]
  }
  return { ...kept, tags: { service, ...(typeof traceId === 'string' ? { traceId } : {}) } }
}
