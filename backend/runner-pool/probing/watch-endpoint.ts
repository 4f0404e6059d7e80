import type { Endpoint } from '../endpoints/endpoint.ts'
import type { Lane } from '../endpoints/lane.ts'
import type { PoolMetrics } from '../pool-metrics.ts'
import type { RunnerPoolOptions } from '../runner-pool.ts'
import { keepProbing, type Prober } from './keep-probing.ts'

export type WatchOptions = {
  token: string | undefined
  everyMs: number
  timeoutMs: number
  log: RunnerPoolOptions['log']
  metrics: PoolMetrics
}

/** Keeps looking at a runner: waiting calls go to it when it serves, running ones leave it when it says nothing. */
export function watchEndpoint(
  endpoint: Endpoint,
  lane: Lane,
  { token, everyMs, timeoutMs, log, metrics }: WatchOptions,
): Prober {
  let told = ''
  let served = false
  function onAnswer(): void {
    const { state, detail, address: runner, language } = endpoint
    const instanceId = endpoint.description?.instanceId ?? ''
    const news = `${state} ${instanceId}`
    if (news !== told && state === 'serving') log.info({ runner, language, instanceId }, 'runner serves')
    else if (news !== told) log.warn({ runner, language, state, detail }, 'runner does not serve')
    told = news
    if (served && state !== 'serving') metrics.ejected(endpoint, state)
    served = state === 'serving'
    if (state === 'serving') lane.serveWaiting()
    moveCalls(lane)
  }
  return keepProbing(endpoint, { token, everyMs, timeoutMs, onAnswer })
}

/**
 * Calls that wait for a runner or a connection that says nothing go on elsewhere, if there is an elsewhere and it is
 * safe. Those on a broken connection end by themselves, and those of a runner that drains are left to end.
 */
function moveCalls(lane: Lane): void {
  for (const endpoint of lane.endpoints) {
    for (const call of [...endpoint.running]) {
      const isLost = endpoint.state === 'silent' || (endpoint.state === 'serving' && call.channel !== endpoint.channel)
      if (isLost && call.retrySafe && lane.hasServing()) call.abandon()
    }
  }
}
