import type { DescribeResponse } from '@indag/proto/runner/v1/runner.ts'
import { DEFAULT_LIMITS, MAXIMUM_LIMITS } from '../limits.ts'
import type { Service } from './parts.ts'

export function describe({ engine, versions, identity }: Service): DescribeResponse {
  const { executor, admission, counts } = engine
  const load = executor.load()
  return {
    language: executor.language,
    languageVersion: executor.languageVersion,
    runnerVersion: identity.runnerVersion,
    capabilities: ['fetchData', 'backgroundTask', 'receive', 'test'],
    sandboxLevel: executor.sandbox.level,
    sandboxLayers: executor.sandbox.layers,
    defaultLimits: DEFAULT_LIMITS,
    maximumLimits: MAXIMUM_LIMITS,
    load: {
      runningCalls: admission.running,
      queuedCalls: admission.waiting,
      children: load.children,
      memoryBytes: load.memoryBytes,
      callsTotal: counts.calls,
      killsTotal: load.tally.killed,
      startsTotal: load.tally.started,
    },
    held: versions.hashes(),
    instanceId: identity.instanceId,
  }
}
