import type { BackgroundTaskResponse } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Connection, collect } from '../../../runners/conformance/probe/connection.ts'
import { publish } from '../contract/ask.ts'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'

let runner: StartedRunner
let connection: Connection
beforeAll(async () => {
  runner = await startRunner('python')
  connection = new Connection({ address: runner.address, token: runner.token }, 25_000)
})
afterAll(async () => {
  connection.close()
  await runner.stop()
})

describe('what a background task cannot emit is told its author, with the line', () => {
  it.each([
    ['ctx.entities.put("text")', 'give a dict'],
    ['ctx.links.put([1])', 'give a dict'],
    ['ctx.dataset.put("", 1)', 'the key is empty'],
    ['ctx.dataset.put("k", float("nan"))', 'JSON compliant'],
    ['ctx.dataset.put("k")', 'unpack'],
    ['ctx.progress(-1, 2)', 'two numbers'],
    ['ctx.progress("1", 2)', 'two numbers'],
    ['ctx.progress(float("inf"), 2)', 'two numbers'],
  ])('%s', async (line, why) => {
    const hash = await publish(runner, `def background_task(ctx):\n    ${line}\n`, 'python')
    const stream = connection.stream('backgroundTask', { hash, context: undefined })
    const { events, end } = await collect<BackgroundTaskResponse>(stream)
    expect(events).toEqual([])
    expect(end).toMatchObject({ ok: false, failure: { reason: 4, line: 2, message: expect.stringContaining(why) } })
  })
})
