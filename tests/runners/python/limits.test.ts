import { status } from '@grpc/grpc-js'
import { FetchDataRequest } from '@indag/proto/runner/v1/runner.ts'
import type { FetchDataResponse } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, pythonVersion, update } from './ask-python.ts'

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('python')
})
afterAll(() => runner.stop())

const limited = (body: string, limits: object) =>
  ask(runner, `import signal, time\ndef fetch_data(i, ctx):\n    ${body}\n`, { context: { limits: limits as never } })

describe('a limit that is passed is told with its reason and the line:', () => {
  it('processor time, however much wall time is left', async () => {
    expect(await limited('while True: pass', { cpuMs: 100, wallMs: 15_000 })).toMatchObject({
      reason: 'TIMEOUT',
      code: status.DEADLINE_EXCEEDED,
      message: expect.stringContaining('processor time'),
      line: 3,
    })
  })

  it('processor time, also when the code stops its own clocks', async () => {
    const body = 'signal.setitimer(signal.ITIMER_PROF, 0)\n    while True: pass'
    expect(await limited(body, { cpuMs: 100, wallMs: 19_000 })).toMatchObject({
      reason: 'TIMEOUT',
      message: expect.stringContaining('processor time than it may, and was killed'),
    })
  })

  // Who had to be killed, on a machine that is busy, cannot say where it was: it is asked again.
  it('wall time, however little it computes', { retry: 8 }, async () => {
    expect(await limited('time.sleep(1000)', { cpuMs: 10_000, wallMs: 100 })).toMatchObject({
      reason: 'TIMEOUT',
      message: expect.stringContaining('deadline'),
      line: 3,
      column: 5,
    })
  })

  it('memory, and the next call has a fresh worker', async () => {
    const code =
      'kept = []\ndef fetch_data(i, ctx):\n    while i.value == "fill": kept.append(bytearray(1 << 18))\n    return {"kept": len(kept)}\n'
    const context = { limits: { memoryBytes: 32 * 1024 * 1024 } as never }
    const full = await ask(runner, code, { context, indicator: { kind: 'x', value: 'fill' } })
    expect(full).toMatchObject({ reason: 'MEMORY', code: status.RESOURCE_EXHAUSTED, line: 3 })
    expect(await ask(runner, code, { context })).toMatchObject({ result: { kept: 0 } })
  })

  it('output, at the place where it is given', async () => {
    expect(await limited('return {"a": "x" * 5000}', { outputBytes: 1_000 })).toMatchObject({
      reason: 'OUTPUT_TOO_LARGE',
      code: status.RESOURCE_EXHAUSTED,
      message: expect.stringMatching(/\d+ bytes; at most 1000/),
      line: 3,
      column: 5,
    })
  })

  it('outgoing calls, whatever became of those before', async () => {
    const body =
      'for n in range(5):\n        try: ctx.fetch("http://192.0.2.1/")\n        except Exception as e: last = str(e)\n    return {"last": last}'
    const answer = await ask(runner, `def fetch_data(i, ctx):\n    ${body}\n`, {
      context: { limits: { outgoingCalls: 3 } as never, hosts: ['192.0.2.1'] },
    })
    expect(answer.outcome).toBe('found')
    const uncaught = 'for n in range(5000): ctx.dns.resolve("x.invalid") if n < 0 else ctx.fetch("http://no.invalid/")'
    expect(await limited(uncaught, { outgoingCalls: 3 })).toMatchObject({ reason: 'EGRESS_DENIED', line: 3 })
  })

  it('log lines: the rest is counted, and the call goes on', async () => {
    const version = pythonVersion(
      'def fetch_data(i, ctx):\n    for n in range(50): print(n)\n    print("end", end="")\n    return {"a": 1}\n',
    )
    await update(runner, version)
    const context = { sourceId: 's', trustDomain: 'tests', limits: { logLines: 10 } }
    const request = FetchDataRequest.fromPartial({ hash: version.hash, indicator: { kind: 'x', value: 'y' }, context })
    const answer = await new Promise<FetchDataResponse>((resolve, reject) => {
      runner.client.fetchData(request, runner.metadata(), (error, value) => (error ? reject(error) : resolve(value)))
    })
    expect(answer.report?.logs.map((line) => line.message)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(answer.report?.droppedLogs).toBeGreaterThan(0)
  })

  it('what is printed without an end of line is of its own call', async () => {
    const code = 'def fetch_data(i, ctx):\n    print("part", end="")\n    return {"a": 1}\n'
    expect(await ask(runner, code)).toMatchObject({ logs: ['part'] })
    expect(await ask(runner, code)).toMatchObject({ logs: ['part'] })
  })
})
