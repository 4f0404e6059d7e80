/**
 * `unreachable`: nothing answers at its address, or the connection broke; `silent`: the connection is taken and nothing
 * comes back; `failing`: it cannot say how it is; `not-a-runner`: something else answers there.
 */
export const troubles = [
  'unreachable',
  'silent',
  'failing',
  'wrong-token',
  'wrong-language',
  'wrong-certificate',
  'not-a-runner',
] as const
/** Why a runner is not used. */
export type Trouble = (typeof troubles)[number]

/**
 * `starting`: it was not asked yet; `draining`: it finishes its calls and takes no new ones; `set-aside`: it answers
 * probes but left calls without an answer, so it is the last choice until a call shows that it works again.
 */
export const runnerStates = ['starting', 'serving', 'set-aside', 'draining', ...troubles] as const
export type RunnerState = (typeof runnerStates)[number]

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
  /** What is wrong and the fix, for the operator. */
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
