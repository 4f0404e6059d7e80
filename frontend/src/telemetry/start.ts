import type { ClientConfig } from '../api/types.ts'
import { wantSpans } from './send-spans.ts'

/** Asks who wants to know what happens in this page, after it is shown. Without an answer nobody does. */
export async function startTelemetry(): Promise<void> {
  const config = await read()
  wantSpans(config?.spans ?? false)
  if (!config?.sentry) return
  // A chunk of its own: who reports to nobody never loads it.
  const { startSentry } = await import('./sentry.ts')
  startSentry(config.sentry)
}

async function read(): Promise<ClientConfig | undefined> {
  try {
    const answer = await fetch('/api/v1/client-config', { headers: { accept: 'application/json' } })
    return answer.ok ? ((await answer.json()) as ClientConfig) : undefined
  } catch {
    return undefined
  }
}
