import { CallContext, Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import { resolveHosts } from '../../backend/sources/config/resolve-hosts.ts'
import { failed, json, publish } from '../runners/contract/ask.ts'
import { startFakeDns, type FakeDns } from '../support/fakes/dns-server.ts'
import { startFakeProvider, type FakeProvider } from '../support/fakes/provider.ts'
import { startRunner, type StartedRunner } from '../support/runner.ts'
import type { Example, TestedSource } from './catalog-sources.ts'

export type Answer =
  | { state: 'found'; result: Record<string, unknown> }
  | { state: 'not-found' }
  | { state: 'failed'; reason: string; message: string; retryAfterMs: number }

export type Bench = {
  provider: FakeProvider
  dns: FakeDns
  ask(source: TestedSource, example: Example, options?: AskOptions): Promise<Answer>
  stop(): Promise<void>
}
export type AskOptions = { secret?: string; wallMs?: number }

/** Both real runners, and the fakes as all the network that there is. */
export async function startBench(): Promise<Bench> {
  const [provider, dns] = await Promise.all([startFakeProvider(), startFakeDns()])
  const env = { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1', INDAG_RUNNER_DNS: dns.address }
  const runners: Record<string, StartedRunner> = {
    javascript: await startRunner('javascript', env),
    python: await startRunner('python', env),
  }
  return {
    provider,
    dns,
    ask: (source, example, options = {}) =>
      askSource(runners[source.manifest.language] as StartedRunner, provider.url, source, example, options),
    stop: async () => {
      await Promise.all([...Object.values(runners).map((runner) => runner.stop()), provider.close(), dns.close()])
    },
  }
}

async function askSource(
  runner: StartedRunner,
  baseUrl: string,
  source: TestedSource,
  example: Example,
  options: AskOptions,
): Promise<Answer> {
  const hash = await publish(runner, source.code, source.manifest.language)
  const context = CallContext.fromPartial(contextOf(source, example, baseUrl, options))
  return new Promise((resolve) => {
    runner.client.fetchData({ hash, indicator: example.indicator, context }, runner.metadata(), (error, answer) => {
      if (error) {
        const { reason, failure } = failed(error)
        return resolve({ state: 'failed', reason, message: failure.message, retryAfterMs: failure.retryAfterMs })
      }
      if (answer.outcome?.$case !== 'resultJson') return resolve({ state: 'not-found' })
      resolve({ state: 'found', result: JSON.parse(answer.outcome.value.toString()) as Record<string, unknown> })
    })
  })
}

/** The context that the backend would make of the manifest, with the fake as base URL and example values as secrets. */
function contextOf(
  { slug, manifest }: TestedSource,
  example: Example,
  baseUrl: string,
  { secret, wallMs }: AskOptions,
) {
  const defaults = Object.entries(manifest.config.properties).map(([name, field]) => [name, field.default])
  const config = {
    ...Object.fromEntries(defaults),
    ...('baseUrl' in manifest.config.properties && { baseUrl }),
    ...example.config,
  }
  const hosts = resolveHosts(manifest.hosts, config)
  const places = {
    header: Credential_Place.PLACE_HEADER,
    query: Credential_Place.PLACE_QUERY,
    body: Credential_Place.PLACE_BODY,
  }
  const credentials = manifest.secrets.flatMap(({ name, use }) =>
    use.as === 'code'
      ? []
      : [
          {
            secret: name,
            value: secret ?? `example-${name}`,
            hosts,
            place: places[use.as],
            name: use.name,
            prefix: use.prefix,
          },
        ],
  )
  return {
    sourceId: slug,
    trustDomain: 'catalogue',
    configJson: json(config),
    matchesJson: json(example.matches ?? []),
    hosts,
    credentials,
    limits: { wallMs: wallMs ?? manifest.timeoutMs },
  }
}
