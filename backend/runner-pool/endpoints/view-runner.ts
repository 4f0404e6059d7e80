import type { Endpoint } from './endpoint.ts'
import type { Lane } from './lane.ts'
import type { LanguageHealth, RunnerView } from './runner.ts'

export function viewRunner(endpoint: Endpoint): RunnerView {
  const description = endpoint.description
  const load = description?.load
  const detail = endpoint.isSetAside ? setAside : endpoint.detail
  return {
    endpoint: endpoint.address,
    language: endpoint.language,
    languageVersion: description?.languageVersion ?? '',
    state: endpoint.isSetAside ? 'set-aside' : endpoint.state,
    sandboxLevel: description?.sandboxLevel ?? '',
    sandboxLayers: description?.sandboxLayers ?? [],
    load: {
      inFlight: endpoint.inFlight,
      runningCalls: load?.runningCalls ?? 0,
      queuedCalls: load?.queuedCalls ?? 0,
      children: load?.children ?? 0,
      memoryBytes: load?.memoryBytes ?? 0,
      kills: load?.killsTotal ?? 0,
    },
    latencyMs: Math.round(endpoint.latencyMs * 100) / 100,
    instanceId: description?.instanceId ?? '',
    ...(detail ? { detail } : {}),
  }
}

export function viewLanguage(lane: Lane): LanguageHealth {
  const { language, endpoints, waiting } = lane
  const serving = endpoints.filter((endpoint) => endpoint.state === 'serving').length
  const state = serving === 0 ? 'down' : serving < endpoints.length ? 'degraded' : 'serving'
  return {
    language,
    state,
    serving,
    configured: endpoints.length,
    waiting,
    detail: state === 'serving' ? '' : sayAbsent(language, endpoints),
  }
}

const setAside = 'It answers probes and leaves calls without an answer: it is asked only when no other can be.'

/** Which runners do not serve, why, and what the operator can do. */
export function sayAbsent(language: string, endpoints: readonly Endpoint[]): string {
  if (endpoints.length === 0) return `No ${language} runner is configured: start one and name it in INDAG_RUNNERS.`
  const away = endpoints.filter((endpoint) => endpoint.state !== 'serving')
  const list = away.map((endpoint) => `${endpoint.address}: ${endpoint.detail}`).join(' ')
  if (away.length < endpoints.length) return `Some ${language} runners do not serve (${list}).`
  return `No ${language} runner serves (${list}).`
}
