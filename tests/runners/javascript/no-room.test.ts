import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRunner, type StartedRunner } from '../../support/runner.ts'
import { ask, publish, update, versionOf } from '../contract/ask.ts'

const DOMAINS = 16

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('javascript')
})
afterAll(() => runner.stop())

it('code that finds no room to be compiled in is not called wrong, and is taken when there is room', async () => {
  const waiting = await publish(runner, 'export const fetchData = () => new Promise(() => {})')
  const fresh = versionOf('export const fetchData = () => ({ summary: "new" })')
  const waits = []
  for (let n = 0; n < DOMAINS; n += 1) {
    const context = { trustDomain: `source:${n}`, sourceId: `s${n}`, limits: { wallMs: 6_000 } as never }
    waits.push(ask(runner, waiting, { context, deadlineMs: 20_000 }))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await expect(update(runner, fresh)).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    message: expect.stringContaining('no room for another trust domain'),
  })
  await Promise.all(waits)
  expect(await update(runner, fresh)).toMatchObject({ diagnostics: [], hooks: ['fetchData'] })
}, 60_000)
