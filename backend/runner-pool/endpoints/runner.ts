/** `down`: it does not answer, or is set aside after failures; `draining`: it finishes its calls and takes no new ones. */
export type RunnerState = 'serving' | 'down' | 'draining'

/** One runner as the pool sees it now. What was never heard of is an empty text or 0. */
export type RunnerView = {
  endpoint: string
  language: string
  languageVersion: string
  state: RunnerState
  /** "none", "process", "baseline", "namespaces". */
  sandboxLevel: string
  sandboxLayers: string[]
  load: {
    inFlight: number
    runningCalls: number
    queuedCalls: number
    children: number
    memoryBytes: number
    kills: number
  }
  /** Of recent calls, weighted to the newest. */
  latencyMs: number
  instanceId: string
  /** Why it is down, for the operator. */
  detail?: string
}

export type LanguageHealth = {
  language: string
  /** `degraded`: some runner is away, the rest answer. */
  state: 'serving' | 'degraded' | 'down'
  serving: number
  configured: number
  /** Calls that wait for a free runner. */
  waiting: number
  /** What is wrong and the fix; empty when all is well. */
  detail: string
}
