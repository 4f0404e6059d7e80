import { createHash, randomUUID } from 'node:crypto'
import { status } from '@grpc/grpc-js'
import { CallContext, Diagnostic_Severity } from '@indag/proto/runner/v1/runner.ts'
import type {
  DeepPartial,
  DescribeResponse,
  FetchDataResponse,
  Limits,
  Report,
  SourceVersion,
} from '@indag/proto/runner/v1/runner.ts'
import { Broken, demand } from '../demand.ts'
import type { FixtureName, Fixtures } from '../fixtures/fixture-names.ts'
import { reasonOf, tell } from './answers.ts'
import type { Answer, Refusal } from './answers.ts'
import type { CallSettings, Connection } from './connection.ts'
import type { Site } from './site.ts'

export type Asked = CallSettings & {
  config?: Record<string, unknown>
  limits?: Partial<Limits>
  context?: DeepPartial<CallContext>
  value?: string
  /** Which of several versions with the same code in all but their blank lines. */
  variant?: number
}

const POLL_MS = 20

/** What a check works with: the runner under test, the programs in its language, the suite's own sites. */
export class Bench {
  readonly connection: Connection
  readonly described: DescribeResponse
  readonly fixtures: Fixtures
  /** The operator of the runner has allowed it. */
  readonly site: Site | undefined
  /** Nobody has allowed it: it must never see anything. */
  readonly forbidden: Site
  readonly patienceMs: number
  /** Another with each run: a runner may keep out what had to be killed too often in one domain. */
  readonly #trustDomain = `conformance-${randomUUID()}`

  constructor(parts: {
    connection: Connection
    described: DescribeResponse
    fixtures: Fixtures
    site: Site | undefined
    forbidden: Site
    patienceMs: number
  }) {
    this.connection = parts.connection
    this.described = parts.described
    this.fixtures = parts.fixtures
    this.site = parts.site
    this.forbidden = parts.forbidden
    this.patienceMs = parts.patienceMs
  }

  /** The program, as the backend would push it. */
  version(name: FixtureName, variant = 0): SourceVersion {
    const { language } = this.described
    const code = this.fixtures[name]
    if (code === undefined) throw new Broken(`a program "${name}" for ${language}, as the hook is claimed`, 'none')
    const whole = code + '\n'.repeat(variant)
    return { language, requirements: [], code: whole, hash: hashOf(language, whole), sourceId: `conformance-${name}` }
  }

  /** Pushes the program and gives its hash. */
  async push(name: FixtureName, variant = 0): Promise<string> {
    const version = this.version(name, variant)
    const answer = await this.connection.unary('update', { version })
    demand(answer.ok, `Update of the program "${name}" succeeds`, tell(answer))
    const errors = answer.value.diagnostics.filter(({ severity }) => severity === Diagnostic_Severity.SEVERITY_ERROR)
    demand(errors.length === 0, `the program "${name}" compiles`, errors)
    return version.hash
  }

  /** Pushes the program and asks it about one indicator. */
  async ask(name: FixtureName, asked: Asked = {}): Promise<Answer<FetchDataResponse>> {
    await this.push(name, asked.variant)
    return this.call(name, asked)
  }

  /** Asks a program that was pushed. Never rejects, so that it may be left to run. */
  call(name: FixtureName, asked: Asked = {}): Promise<Answer<FetchDataResponse>> {
    const { hash } = this.version(name, asked.variant)
    const indicator = { kind: 'ipv4', value: asked.value ?? '192.0.2.1' }
    return this.connection.unary('fetchData', { hash, indicator, context: this.context(name, asked) }, asked)
  }

  /** The same, for a call that must find something. */
  async found(name: FixtureName, asked: Asked = {}): Promise<{ result: Record<string, unknown>; report: Report }> {
    const answer = await this.ask(name, asked)
    demand(answer.ok, `"${name}" finds something`, tell(answer))
    const { outcome, report } = answer.value
    demand(outcome?.$case === 'resultJson', `"${name}" answers result_json`, outcome)
    demand(report !== undefined, 'the answer has a report', answer.value)
    return { result: parseObject(outcome.value), report }
  }

  /** The same, for a call that must fail with this reason and code. */
  async fails(name: FixtureName, reason: string, code: status, asked: Asked = {}): Promise<Refusal> {
    return demandFailure(await this.ask(name, asked), reason, code)
  }

  context(name: FixtureName, { config = {}, limits = {}, context = {} }: Asked): CallContext {
    const given = { sourceId: `conformance-${name}`, trustDomain: this.#trustDomain, ...context }
    return CallContext.fromPartial({
      ...given,
      configJson: Buffer.from(JSON.stringify(config)),
      limits: { ...limits },
    } as never)
  }

  async describe(): Promise<DescribeResponse> {
    const answer = await this.connection.unary('describe', {})
    demand(answer.ok, 'Describe succeeds', tell(answer))
    return answer.value
  }

  /** Asks Describe again and again until it says so; `expected` is the sentence for the report when it never does. */
  async describedAs(expected: string, isSo: (described: DescribeResponse) => boolean): Promise<DescribeResponse> {
    const untilMs = Date.now() + this.patienceMs
    for (;;) {
      const described = await this.describe()
      if (isSo(described)) return described
      if (Date.now() > untilMs) throw new Broken(expected, { load: described.load, held: described.held })
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  /** Waits until so many calls run. */
  async running(calls: number): Promise<void> {
    await this.describedAs(`Describe says that ${calls} calls run`, ({ load }) => load?.runningCalls === calls)
  }
}

/** As runner.proto defines it, without requirements. */
export function hashOf(language: string, code: string): string {
  return createHash('sha256').update(`${language}\n\n${code}`).digest('hex')
}

const FAILURE_CHARACTERS = 2_000

/** Fails unless the answer is this status with this typed failure, fit for an analyst. */
export function demandFailure(answer: Answer<unknown>, reason: string, code: status): Refusal {
  const wanted = `${status[code]} with a Failure of reason ${reason} in grpc-status-details-bin`
  demand(!answer.ok && answer.code === code && reasonOf(answer) === reason, wanted, tell(answer))
  const { message = '' } = answer.failure ?? {}
  demand(message !== '' && message.length <= FAILURE_CHARACTERS, 'a message of 1 to 2,000 characters', message)
  return answer
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new Broken('result_json is a JSON object in UTF-8', bytes.toString('utf8'))
}
