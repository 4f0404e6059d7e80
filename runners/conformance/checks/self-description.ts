import { status } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import { HealthCheckResponse_ServingStatus as Serving } from '@indag/proto/grpc/health/v1/health.ts'
import type { HealthCheckResponse } from '@indag/proto/grpc/health/v1/health.ts'
import type { ServerReflectionRequest, ServerReflectionResponse } from '@indag/proto/grpc/reflection/v1/reflection.ts'
import type { Limits } from '@indag/proto/runner/v1/runner.ts'
import { demand, demandEqual } from '../demand.ts'
import type { Check } from '../check.ts'
import { readRefusal, tell } from '../probe/answers.ts'
import type { Answer } from '../probe/answers.ts'
import type { Bench } from '../probe/bench.ts'

const guide = 'Describe, health and reflection'
const SERVICE = 'runner.v1.RunnerService'
const CAPABILITIES = ['fetchData', 'backgroundTask', 'receive', 'test']
const LEVELS = ['none', 'process', 'baseline', 'namespaces']
const LIMITS = [
  'wallMs',
  'cpuMs',
  'memoryBytes',
  'outputBytes',
  'logLines',
  'outgoingCalls',
  'concurrentCalls',
  'responseBytes',
] as const satisfies (keyof Limits)[]

/** What a runner says of itself. */
export const selfDescription: Check[] = [
  {
    id: 'describe.names',
    promise: 'Describe names language, language version and runner version',
    guide,
    run: async ({ described: { language, languageVersion, runnerVersion } }) => {
      const isComplete = /^[a-z][a-z0-9_+-]*$/.test(language) && languageVersion !== '' && runnerVersion !== ''
      demand(isComplete, 'a language in small letters and two versions', { language, languageVersion, runnerVersion })
    },
  },
  {
    id: 'describe.capabilities',
    promise: 'Describe lists capabilities of the known words, fetchData among them',
    guide,
    run: async ({ described: { capabilities } }) => {
      const isGood = capabilities.includes('fetchData') && capabilities.every((each) => CAPABILITIES.includes(each))
      demand(isGood, `fetchData and others of ${CAPABILITIES.join(', ')}`, capabilities)
    },
  },
  {
    id: 'describe.sandbox',
    promise: 'Describe says the level of the sandbox in one of the four words, and above "none" its layers',
    guide,
    run: async ({ described: { sandboxLevel, sandboxLayers } }) => {
      const isGood = LEVELS.includes(sandboxLevel) && (sandboxLevel === 'none' || sandboxLayers.length > 0)
      demand(isGood, `one of ${LEVELS.join(', ')}, with layers`, { sandboxLevel, sandboxLayers })
    },
  },
  {
    id: 'describe.limits',
    promise: 'Describe gives every limit, and no default is above its maximum',
    guide,
    run: async ({ described: { defaultLimits, maximumLimits } }) => {
      demand(defaultLimits !== undefined && maximumLimits !== undefined, 'default_limits and maximum_limits', null)
      for (const name of LIMITS) {
        const [usual, most] = [defaultLimits[name], maximumLimits[name]]
        demand(usual > 0 && usual <= most, `0 < default ${name} <= maximum`, { usual, most })
      }
    },
  },
  {
    id: 'describe.instance',
    promise: 'Describe gives an instance_id that stays while the runner lives',
    guide,
    run: async (bench) => {
      const again = await bench.describe()
      demand(again.instanceId !== '', 'an instance_id', again.instanceId)
      demandEqual(again.instanceId, bench.described.instanceId, 'the instance_id of a second Describe')
    },
  },
  {
    id: 'describe.load',
    promise: 'Describe counts the calls that run',
    guide,
    run: async (bench) => {
      const stop = new AbortController()
      const asked = { config: { ms: 600_000 }, limits: { wallMs: 600_000 }, signal: stop.signal }
      await bench.push('waits')
      const calls = [bench.call('waits', asked), bench.call('waits', asked)]
      await bench.running(2)
      stop.abort()
      await Promise.all(calls)
      await bench.running(0)
    },
  },
  {
    id: 'health.check',
    promise: 'the health service answers SERVING for "" and for the runner service, without a token',
    guide,
    run: async (bench) => {
      for (const service of ['', SERVICE]) {
        const answer = await checkHealth(bench, service)
        demand(answer.ok && answer.value.status === Serving.SERVING, `SERVING for "${service}"`, tell(answer))
      }
    },
  },
  {
    id: 'health.unknown',
    promise: 'the health service answers NOT_FOUND for a service that is not there',
    guide,
    run: async (bench) => {
      const answer = await checkHealth(bench, 'no.such.Service')
      demand(!answer.ok && answer.code === status.NOT_FOUND, 'NOT_FOUND', tell(answer))
    },
  },
  {
    id: 'health.watch',
    promise: 'Watch of the health service sends the state at once and stays open',
    guide,
    run: async (bench) => {
      const stream = bench.connection.health.watch({ service: SERVICE }, { deadline: Date.now() + bench.patienceMs })
      const first = await new Promise<HealthCheckResponse | string>((resolve) => {
        stream.on('data', resolve)
        stream.on('error', (error: ServiceError) => resolve(error.message))
        stream.on('end', () => resolve('the stream ended'))
      })
      demandEqual(first, { status: Serving.SERVING }, 'the first message')
      const isOpen = checkHealth(bench, SERVICE).then(() => !stream.readableEnded && !stream.destroyed)
      demand(await isOpen, 'the stream stays open', 'it ended')
      stream.cancel()
    },
  },
  {
    id: 'reflection.services',
    promise: 'reflection lists the runner service and the health service, without a token',
    guide,
    run: async (bench) => {
      const answer = await reflect(bench, { $case: 'listServices', value: '' })
      const names = answer?.$case === 'listServicesResponse' ? answer.value.service.map(({ name }) => name) : []
      const lists = names.includes(SERVICE) && names.includes('grpc.health.v1.Health')
      demand(lists, `${SERVICE} and grpc.health.v1.Health`, answer)
    },
  },
  {
    id: 'reflection.file',
    promise: 'reflection gives the file that defines the runner service, with all its methods',
    guide,
    run: async (bench) => {
      const answer = await reflect(bench, { $case: 'fileContainingSymbol', value: SERVICE })
      const files = answer?.$case === 'fileDescriptorResponse' ? answer.value.fileDescriptorProto : []
      const text = files.map((file) => Buffer.from(file).toString('latin1')).join('')
      const methods = ['Init', 'Update', 'Delete', 'FetchData', 'BackgroundTask', 'Receive', 'Test', 'Describe']
      const missing = methods.filter((name) => !text.includes(`${name}Request`))
      demandEqual([files.length > 0, missing], [true, []], 'a file, and the methods that are missing in it')
    },
  },
]

function checkHealth(bench: Bench, service: string): Promise<Answer<HealthCheckResponse>> {
  const deadline = Date.now() + bench.patienceMs
  return new Promise((resolve) => {
    bench.connection.health.check(
      { service },
      { deadline } as never,
      ((error: ServiceError | null, value: HealthCheckResponse) =>
        resolve(error ? readRefusal(error) : { ok: true, value })) as never,
    )
  })
}

function reflect(
  bench: Bench,
  messageRequest: NonNullable<ServerReflectionRequest['messageRequest']>,
): Promise<ServerReflectionResponse['messageResponse']> {
  const stream = bench.connection.reflection.serverReflectionInfo({ deadline: Date.now() + bench.patienceMs })
  return new Promise((resolve) => {
    stream.on('data', (response: ServerReflectionResponse) => resolve(response.messageResponse))
    stream.on('error', () => resolve(undefined))
    stream.on('end', () => resolve(undefined))
    stream.write({ host: '', messageRequest })
    stream.end()
  })
}
