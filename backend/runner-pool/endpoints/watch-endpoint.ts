import type { RunnerPoolOptions } from '../runner-pool.ts'
import type { Endpoint } from './endpoint.ts'
import { keepProbing, type Prober } from './keep-probing.ts'
import type { Lane } from './lane.ts'

export type WatchOptions = {
  token: string | undefined
  everyMs: number
  timeoutMs: number
  log: RunnerPoolOptions['log']
}

/** Keeps looking at a runner: waiting calls go to it when it serves, running ones leave it when it does not. */
export function watchEndpoint(
  endpoint: Endpoint,
  lane: Lane,
  { token, everyMs, timeoutMs, log }: WatchOptions,
): Prober {
  let told = ''
  function onAnswer(): void {
    const { state, detail, address: runner, language } = endpoint
    const instanceId = endpoint.description?.instanceId ?? ''
    const news = `${state} ${instanceId}`
    if (news !== told && state === 'serving') log.info({ runner, language, instanceId }, 'runner serves')
    else if (news !== told) log.warn({ runner, language, state, detail }, 'runner does not serve')
    told = news
    if (state === 'serving') lane.serveWaiting()
    else if (state === 'down') moveCalls(endpoint, lane)
  }
  return keepProbing(endpoint, { token, everyMs, timeoutMs, onAnswer })
}

/** Calls on a runner that stopped answering go on elsewhere, if there is an elsewhere and it is safe. */
function moveCalls(endpoint: Endpoint, lane: Lane): void {
  if (!lane.hasOther(endpoint)) return
  for (const call of [...endpoint.running]) if (call.retrySafe) call.abandon()
}
