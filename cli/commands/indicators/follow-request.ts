import { setTimeout as wait } from 'node:timers/promises'
import { type Api, Unreachable } from '../../api/client.ts'
import type { RequestView } from '../../api/shapes.ts'
import type { Terminal } from '../../terminal/terminal.ts'

const firstDelayMs = 50
const longestDelayMs = 1_000
/** A server that is being restarted is waited for: it ends every request that it accepted. */
const patienceMs = 30_000

/** Makes a request and looks after it until each row has ended, or until the time is up. Shows progress on the way. */
export async function followRequest(
  api: Api,
  terminal: Terminal,
  body: object,
  timeoutMs: number,
): Promise<RequestView> {
  const untilMs = Date.now() + timeoutMs
  let view = await api.ask<RequestView>('POST', '/api/v1/requests', { body })
  let delayMs = firstDelayMs
  while (view.state !== 'done' && Date.now() < untilMs) {
    terminal.progress(progressOf(view))
    await wait(Math.min(delayMs, Math.max(0, untilMs - Date.now())))
    const askedAtMs = Date.now()
    view = await look(api, terminal, view.id)
    // A large answer is asked for less often than it takes to make.
    delayMs = Math.max(Math.min(delayMs * 1.5, longestDelayMs), 4 * (Date.now() - askedAtMs))
  }
  terminal.progress('')
  return view
}

async function look(api: Api, terminal: Terminal, id: string): Promise<RequestView> {
  const untilMs = Date.now() + patienceMs
  for (;;) {
    try {
      return await api.ask<RequestView>('GET', `/api/v1/requests/${id}`)
    } catch (error) {
      if (!(error instanceof Unreachable) || Date.now() > untilMs) throw error
      terminal.progress(`waiting for ${api.url} to come back…`)
      await wait(500)
    }
  }
}

function progressOf({ counts }: RequestView): string {
  const open = counts.queued + counts.running
  return `${counts.indicators} ${counts.indicators === 1 ? 'indicator' : 'indicators'} · ${counts.rows - open} of ${counts.rows} answers · ${counts.running} running`
}
