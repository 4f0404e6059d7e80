import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Metadata, credentials, loadPackageDefinition, status } from '@grpc/grpc-js'
import type { Client, ServiceError } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { HealthCheckResponse_ServingStatus as Serving, HealthClient } from '@indag/proto/grpc/health/v1/health.ts'
import { ServerReflectionClient } from '@indag/proto/grpc/reflection/v1/reflection.ts'
import type { ServerReflectionResponse } from '@indag/proto/grpc/reflection/v1/reflection.ts'
import { CallContext, RunnerServiceClient } from '@indag/proto/runner/v1/runner.ts'
import type {
  BackgroundTaskResponse,
  DescribeResponse,
  InitResponse,
  ReceiveResponse,
  TestResponse,
} from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, failed, json, publish, versionOf } from './ask.ts'
import type { Answer } from './ask.ts'

const CODE = `export async function fetchData(i) { return { summary: 'hello ' + i.value } }`
let runner: StartedRunner
let hash: string
beforeAll(async () => {
  runner = await startRunner('javascript')
  hash = await publish(runner, CODE)
})
afterAll(() => runner.stop())

const promised = <T>(start: (reply: (error: ServiceError | null, answer: T) => void) => void) =>
  new Promise<T>((resolve, reject) => start((error, answer) => (error ? reject(error) : resolve(answer))))
const describeRunner = (on = runner) =>
  promised<DescribeResponse>((reply) => on.client.describe({}, on.metadata(), reply))
function collect<T>(stream: {
  on(event: string, listener: (value: never) => void): unknown
}): Promise<{ events: T[]; failure?: Answer }> {
  return new Promise((resolve) => {
    const events: T[] = []
    stream.on('data', (event: T) => events.push(event))
    stream.on('end', () => resolve({ events }))
    stream.on('error', (error: ServiceError) => resolve({ events, failure: failed(error) }))
  })
}

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}
/** Not gone and not a zombie that waits for its parent. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('the token', () => {
  it.each([undefined, '', 'Bearer ', 'Bearer wrong', 'Basic token-of-the-tests', 'Bearer token-of-the-tests '])(
    '%j is refused by every RPC but health',
    async (value) => {
      const metadata = new Metadata()
      if (value !== undefined) metadata.set('authorization', value.trimEnd() === value ? value : `${value.trimEnd()}x`)
      const unary = ['init', 'update', 'delete', 'fetchData', 'receive', 'describe'] as const
      for (const method of unary) {
        const call = promised((reply) =>
          (runner.client[method] as (...a: unknown[]) => void).call(
            runner.client,
            { versions: [], context: CallContext.fromPartial({}), messagesJson: [] },
            metadata,
            reply,
          ),
        )
        await expect(call, method).rejects.toMatchObject({ code: status.UNAUTHENTICATED })
      }
      for (const method of ['backgroundTask', 'test'] as const) {
        const stream = (runner.client[method] as (...a: unknown[]) => never).call(runner.client, { hash }, metadata)
        expect(await collect(stream), method).toMatchObject({ events: [], failure: { code: status.UNAUTHENTICATED } })
      }
      const health = new HealthClient(runner.address, credentials.createInsecure())
      expect(await promised((reply) => health.check({ service: 'runner.v1.RunnerService' }, reply))).toEqual({
        status: Serving.SERVING,
      })
      health.close()
    },
  )
})

describe('versions', () => {
  it('unknown to the runner answer FAILED_PRECONDITION with the hash, and work once pushed', async () => {
    const code = `${CODE}// another`
    const wanted = versionOf(code).hash
    expect(await ask(runner, wanted)).toMatchObject({
      code: status.FAILED_PRECONDITION,
      reason: 'unknown-version',
      failure: { message: expect.stringContaining(wanted) },
    })
    await publish(runner, code)
    expect(await ask(runner, wanted)).toMatchObject({ ok: true })
  })

  it("are refused when the hash is not the code's", async () => {
    const update = promised((reply) =>
      runner.client.update({ version: { ...versionOf(CODE), hash: 'f'.repeat(64) } }, runner.metadata(), reply),
    )
    await expect(update).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining('version.hash'),
    })
  })

  it('are refused in another language', async () => {
    const update = promised((reply) =>
      runner.client.update({ version: versionOf(CODE, 'cobol') }, runner.metadata(), reply),
    )
    await expect(update).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining('version.language'),
    })
  })

  it('are replaced as a set by Init, which names those that do not compile, and dropped by Delete', async () => {
    const mine = await startRunner('javascript')
    const good = versionOf(CODE)
    const bad = versionOf('export {')
    await publish(mine, `${CODE}// old`)
    const answer = await promised<InitResponse>((reply) =>
      mine.client.init({ versions: [good, bad] }, mine.metadata(), reply),
    )
    expect(answer.rejected).toMatchObject([{ hash: bad.hash, diagnostics: [{ line: 1 }] }])
    expect((await describeRunner(mine)).held).toEqual([good.hash])
    await promised((reply) => mine.client.delete({ hash: good.hash }, mine.metadata(), reply))
    await promised((reply) => mine.client.delete({ hash: good.hash }, mine.metadata(), reply))
    expect((await describeRunner(mine)).held).toEqual([])
    await mine.stop()
  })

  it('are gone after a restart, which shows in the instance', async () => {
    const first = await startRunner('javascript')
    const one = await publish(first, CODE)
    const { instanceId } = await describeRunner(first)
    await first.kill()
    const second = await startRunner('javascript', { INDAG_RUNNER_LISTEN: first.address })
    expect(await ask(second, one)).toMatchObject({ reason: 'unknown-version' })
    await publish(second, CODE)
    expect(await ask(second, one)).toMatchObject({ ok: true })
    expect((await describeRunner(second)).instanceId).not.toBe(instanceId)
    await second.stop()
  })
})

describe('a request that is malformed', () => {
  it.each([
    ['config_json', { configJson: Buffer.from('{') }],
    ['config_json', { configJson: Buffer.from('[]') }],
    ['config_json', { configJson: Buffer.from('{},"secrets":{"a":"b"}') }],
    ['matches_json', { matchesJson: Buffer.from('{}') }],
  ])('is refused with the name of the field: %s', async (field, context) => {
    expect(await ask(runner, hash, { context })).toMatchObject({
      code: status.INVALID_ARGUMENT,
      reason: 'bad-request',
      failure: { message: expect.stringContaining(field) },
    })
  })

  it('is refused without an indicator', async () => {
    const call = promised((reply) =>
      runner.client.fetchData({ hash, indicator: undefined, context: undefined }, runner.metadata(), reply),
    )
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT, details: 'indicator is missing' })
  })
})

describe('the trace context', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
  it("comes back in the trailer with the runner's own span, and stands in the log", async () => {
    const extra = { traceparent: `00-${trace}-00f067aa0ba902b7-01` }
    const answer = await ask(runner, hash, { extra })
    const sent = answer.ok ? String(answer.trailer.get('traceparent')[0]) : ''
    expect(sent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
    expect(sent).not.toContain('00f067aa0ba902b7')
    const thrower = await publish(runner, 'export const fetchData = () => { throw 1 }')
    await ask(runner, thrower, { extra })
    expect(runner.logs.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ message: 'call failed', traceId: trace }),
    )
  })

  it('is not made up when the caller sends none or nonsense', async () => {
    const answer = await ask(runner, hash, { extra: { traceparent: 'nonsense' } })
    expect(answer.ok && answer.trailer.get('traceparent')).toEqual([])
  })
})

describe('background tasks', () => {
  const task = (body: string, context: object = {}) =>
    publish(runner, `export async function backgroundTask(ctx) { ${body} }`).then((one) =>
      collect<BackgroundTaskResponse>(
        runner.client.backgroundTask(
          { hash: one, context: CallContext.fromPartial(context) },
          runner.metadata(),
        ) as never,
      ),
    )

  it('stream what they emit, in order, and the end', async () => {
    const { events } = await task(
      `await ctx.progress(1, 2); ctx.log.info('l'); await ctx.dataset.put('k', { a: 1 }); await ctx.entities.put({ e: 1 }); await ctx.links.put({ l: 1 })`,
    )
    expect(events.map((event) => event.event?.$case)).toEqual([
      'progress',
      'log',
      'datasetRecordJson',
      'entityJson',
      'linkJson',
      'end',
    ])
    const record = events[2]?.event
    expect(record?.$case === 'datasetRecordJson' && JSON.parse(record.value.toString())).toEqual({
      key: 'k',
      value: { a: 1 },
    })
  })

  it('can emit many records without loss', async () => {
    const { events } = await task('for (let i = 0; i < 5000; i++) await ctx.dataset.put(String(i), i)')
    expect(events).toHaveLength(5_001)
  })

  it('end with the failure when they throw', async () => {
    const { events, failure } = await task(`await ctx.progress(1, 2)\nthrow new Error('half way')`)
    expect(events).toHaveLength(1)
    expect(failure).toMatchObject({ reason: 'exception', failure: { line: 2 } })
  })
})

describe('receive', () => {
  const receive = async (body: string, messages: unknown[]) => {
    const one = await publish(runner, `export async function receive(messages, ctx) { ${body} }`)
    return promised<ReceiveResponse>((reply) =>
      runner.client.receive(
        { hash: one, context: undefined, messagesJson: messages.map(json) },
        runner.metadata(),
        reply,
      ),
    )
  }
  it('gives one outcome for each message', async () => {
    const { outcomes } = await receive('return messages.map((m) => ({ accepted: m.n > 1, reason: "n " + m.n }))', [
      { n: 1 },
      { n: 2 },
    ])
    expect(outcomes).toEqual([
      { accepted: false, reason: 'n 1' },
      { accepted: true, reason: 'n 2' },
    ])
  })
  it.each(['return []', 'return null', 'return [{ accepted: "yes" }]', 'return { length: 1 }'])(
    'refuses what is no such array: %s',
    async (body) => {
      await expect(receive(body, [{}])).rejects.toMatchObject({ code: status.INVALID_ARGUMENT })
    },
  )
})

describe('a test of unsaved code', () => {
  const test = (code: string) =>
    collect<TestResponse>(
      runner.client.test(
        { version: versionOf(code), indicator: { kind: 'ipv4', value: '1.1.1.1' }, context: undefined },
        runner.metadata(),
      ) as never,
    )

  it('streams log lines and calls, the outcome last, and keeps nothing', async () => {
    const code = `export async function fetchData(i, ctx) { ctx.log.info('l'); try { await ctx.fetch('http://a.test/') } catch {} return { summary: 's' } }`
    const { events } = await test(code)
    expect(events.map((event) => event.event?.$case)).toEqual(['log', 'call', 'outcome'])
    expect((await describeRunner()).held).not.toContain(versionOf(code).hash)
  })

  it('streams diagnostics', async () => {
    const { events } = await test('export const a = ;')
    expect(events.map((event) => event.event?.$case)).toEqual(['diagnostic', 'outcome'])
    const outcome = events[1]?.event
    expect(outcome?.$case === 'outcome' && outcome.value.outcome).toMatchObject({
      $case: 'failure',
      value: { line: 1 },
    })
  })
})

describe('room', () => {
  it('is limited for each source: the rest waits, and every call is answered', async () => {
    const slow = await publish(
      runner,
      `export async function fetchData(i, ctx) { await new Promise((r) => setTimeout(r, 20)); return { summary: 's' } }`,
    )
    const context = { sourceId: 'narrow', limits: { concurrentCalls: 2 } as never }
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(runner, slow, { context })))
    expect(answers.filter((answer) => answer.ok)).toHaveLength(12)
  })

  it('that does not come before the deadline is said to be missing', async () => {
    const stuck = await publish(
      runner,
      `export async function fetchData(i, ctx) { await new Promise((r) => setTimeout(r, 400)); return { summary: 's' } }`,
    )
    const context = (wallMs: number) => ({ sourceId: 'stuck', limits: { concurrentCalls: 1, wallMs } as never })
    const [first, second] = await Promise.all([
      ask(runner, stuck, { context: context(5_000) }),
      ask(runner, stuck, { context: context(100) }),
    ])
    expect(first).toMatchObject({ ok: true })
    expect(second).toMatchObject({ code: status.RESOURCE_EXHAUSTED, reason: 'overloaded' })
  })
})

describe('any language', () => {
  it('can call the runner from the .proto alone', async () => {
    const root = fileURLToPath(new URL('../../../proto', import.meta.url))
    const loaded = loadPackageDefinition(
      loadSync('runner/v1/runner.proto', { includeDirs: [root], oneofs: true }),
    ) as never as {
      runner: {
        v1: { RunnerService: new (...args: unknown[]) => Client & Record<string, (...args: unknown[]) => void> }
      }
    }
    const client = new loaded.runner.v1.RunnerService(runner.address, credentials.createInsecure())
    const answer = await promised<{ outcome: string; resultJson: Buffer }>((reply) =>
      client.FetchData?.({ hash, indicator: { kind: 'ipv4', value: 'you' } }, runner.metadata(), reply),
    )
    expect(answer.outcome).toBe('resultJson')
    expect(JSON.parse(answer.resultJson.toString())).toEqual({ summary: 'hello you' })
    client.close()
  })

  it('can explore it by reflection', async () => {
    const client = new ServerReflectionClient(runner.address, credentials.createInsecure())
    const stream = client.serverReflectionInfo()
    const answers = collect<ServerReflectionResponse>(stream as never)
    stream.write({ host: '', messageRequest: { $case: 'listServices', value: '' } })
    stream.write({ host: '', messageRequest: { $case: 'fileContainingSymbol', value: 'runner.v1.RunnerService' } })
    stream.write({ host: '', messageRequest: { $case: 'fileByFilename', value: 'nowhere.proto' } })
    stream.end()
    const { events } = await answers
    expect(events.map((event) => event.messageResponse?.$case)).toEqual([
      'listServicesResponse',
      'fileDescriptorResponse',
      'errorResponse',
    ])
    expect(JSON.stringify(events[0])).toContain('runner.v1.RunnerService')
    client.close()
  })
})

describe('the end', () => {
  it('on SIGTERM lets running calls finish and takes no new ones', async () => {
    const mine = await startRunner('javascript')
    const slow = await publish(
      mine,
      `export async function fetchData(i, ctx) { ctx.log.info('in'); await new Promise((r) => setTimeout(r, 300)); return { summary: 'finished' } }`,
    )
    const running = ask(mine, slow)
    const second = new RunnerServiceClient(mine.address, credentials.createInsecure())
    for (;;) {
      const { load } = await promised<DescribeResponse>((reply) => second.describe({}, mine.metadata(), reply))
      if (load?.runningCalls === 1) break
    }
    process.kill(mine.pid, 'SIGTERM')
    expect(await running).toMatchObject({ ok: true, result: { summary: 'finished' } })
    second.close()
    await mine.stop()
  })

  async function killWhile(body: string): Promise<number[]> {
    const mine = await startRunner('javascript')
    const stuck = await publish(
      mine,
      `export async function fetchData(i, ctx) { if (i.value === 'go') { ${body} } return { summary: 's' } }`,
    )
    await ask(mine, stuck)
    const pids = descendants(mine.pid)
    expect(pids.length).toBeGreaterThan(1)
    const lost = ask(mine, stuck, { value: 'go', context: { limits: { wallMs: 60_000, cpuMs: 60_000 } as never } })
    const watcher = new RunnerServiceClient(mine.address, credentials.createInsecure())
    for (;;) {
      const { load } = await promised<DescribeResponse>((reply) => watcher.describe({}, mine.metadata(), reply))
      if (load?.runningCalls === 1) break
    }
    watcher.close()
    await mine.kill()
    expect((await lost).ok).toBe(false)
    return pids
  }
  const expectGone = async (pids: number[]) => {
    try {
      await expect.poll(() => pids.filter(isAlive), { timeout: 5_000 }).toEqual([])
    } finally {
      for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL')
    }
  }

  it('by SIGKILL leaves no idle child behind', async () => {
    await expectGone(await killWhile('await new Promise(() => {})'))
  })

  it.each(['for (;;);', 'new Array(2 ** 27).fill(1); for (;;);'])(
    'by SIGKILL leaves no stuck child behind: %s',
    async (body) => {
      await expectGone(await killWhile(body))
    },
  )

  it.each([
    [{ INDAG_RUNNER_LISTEN: 'nonsense' }, 'INDAG_RUNNER_LISTEN'],
    [{ INDAG_RUNNER_LISTEN: '0.0.0.0:0', INDAG_RUNNER_TOKEN: '' }, 'INDAG_RUNNER_TOKEN'],
    [{ INDAG_LOG_LEVEL: 'loud' }, 'INDAG_LOG_LEVEL'],
    [{ INDAG_RUNNER_PRIVATE_HOSTS: 'a/b' }, 'INDAG_RUNNER_PRIVATE_HOSTS'],
  ])('comes at once when %j is wrong, with the name and the fix', async (env, name) => {
    await expect(startRunner('javascript', env as Record<string, string>)).rejects.toThrow(name)
  })
})
