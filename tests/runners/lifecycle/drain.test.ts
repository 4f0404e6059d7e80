import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Metadata, credentials } from '@grpc/grpc-js'
import { HealthCheckResponse_ServingStatus as Serving, HealthClient } from '@indag/proto/grpc/health/v1/health.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'
import type { Answer } from '../contract/ask.ts'

const CODE = {
  javascript: `export async function fetchData(i, ctx) { const r = await ctx.fetch(ctx.config.site + '/' + i.value); return { summary: await r.text() } }`,
  python: `def fetch_data(i, ctx):
    return {"summary": ctx.fetch(ctx.config["site"] + "/" + i.value).text}
`,
}
const CALLERS = 32
const UNAVAILABLE = 14
const runners: StartedRunner[] = []
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.kill()
})

async function openSite() {
  const seen = new Set<string>()
  const held = new Set<() => void>()
  const server = createServer((request, response) => {
    seen.add(request.url?.slice(1) ?? '')
    const answer = () => response.end(request.url?.slice(1))
    if (request.url === '/hold') held.add(answer)
    else answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const context = {
    configJson: Buffer.from(JSON.stringify({ site: `http://127.0.0.1:${port}` })),
    hosts: [`127.0.0.1:${port}`],
  }
  const close = () => (server.close(), server.closeAllConnections())
  return { port, seen, held, context, close }
}

async function start(language: 'javascript' | 'python', port: number, env: Record<string, string> = {}) {
  const runner = await startRunner(language, { INDAG_RUNNER_PRIVATE_HOSTS: `127.0.0.1:${port}`, ...env })
  runners.push(runner)
  return { runner, hash: await publish(runner, CODE[language], language) }
}

const exitOf = async (runner: StartedRunner) => {
  await expect.poll(() => isGone(runner.pid), { timeout: 20_000 }).toBe(true)
}
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

describe.each(['javascript', 'python'] as const)(
  'SIGTERM while 32 callers ask a %s runner without a pause',
  (language) => {
    it('costs no call that was taken; who comes later is told UNAVAILABLE', async () => {
      const site = await openSite()
      const { runner, hash } = await start(language, site.port)
      let asked = 0
      const answered = new Map<string, Answer>()
      const caller = async () => {
        for (;;) {
          const value = `v${(asked += 1)}`
          const answer = await ask(runner, hash, { value, context: site.context })
          answered.set(value, answer)
          if (!answer.ok) return
        }
      }
      const callers = Array.from({ length: CALLERS }, caller)
      await expect.poll(() => site.seen.size, { timeout: 20_000 }).toBeGreaterThan(2 * CALLERS)
      process.kill(runner.pid, 'SIGTERM')
      await Promise.all(callers)
      const failed = [...answered].filter(([, answer]) => !answer.ok)
      expect(new Set(failed.map(([, answer]) => !answer.ok && answer.code))).toEqual(new Set([UNAVAILABLE]))
      // What the code had begun, as its provider saw, ended well.
      expect(failed.filter(([value]) => site.seen.has(value))).toEqual([])
      await exitOf(runner)
      site.close()
    })
  },
)

describe('a runner that drains', () => {
  async function withHeldCall(env: Record<string, string> = {}) {
    const site = await openSite()
    const { runner, hash } = await start('javascript', site.port, env)
    const limits = { wallMs: 60_000 } as never
    const call = ask(runner, hash, { value: 'hold', context: { ...site.context, limits } })
    await expect.poll(() => site.held.size, { timeout: 20_000 }).toBe(1)
    return { site, runner, hash, call }
  }

  it('says NOT_SERVING, to those who watch and to those who ask, while it still takes calls', async () => {
    const { site, runner, hash, call } = await withHeldCall()
    const health = new HealthClient(runner.address, credentials.createInsecure())
    const heard: Serving[] = []
    const over = new Promise<void>((resolve) => {
      const watching = health.watch({ service: 'runner.v1.RunnerService' })
      watching.on('data', ({ status }: { status: Serving }) => {
        heard.push(status)
        if (status === Serving.NOT_SERVING)
          void Promise.all([
            // In the same moment: who has not heard of it yet is served.
            ask(runner, hash, { value: 'late', context: site.context }).then((answer) =>
              expect(answer).toMatchObject({ ok: true, result: { summary: 'late' } }),
            ),
            new Promise<void>((done) =>
              health.check({ service: '' }, new Metadata(), (_error, answer) => {
                expect(answer?.status).toBe(Serving.NOT_SERVING)
                done()
              }),
            ),
          ]).then(() => resolve(), resolve)
      })
      watching.on('error', () => {})
    })
    await expect.poll(() => heard, { timeout: 20_000 }).toEqual([Serving.SERVING])
    process.kill(runner.pid, 'SIGTERM')
    await over
    expect(heard).toEqual([Serving.SERVING, Serving.NOT_SERVING])
    for (const release of site.held) release()
    expect(await call).toMatchObject({ ok: true, result: { summary: 'hold' } })
    await exitOf(runner)
    health.close()
    site.close()
  })

  it.each([
    ['at its limit', { INDAG_RUNNER_DRAIN_MS: '300' }, []],
    ['at a second SIGTERM', {}, ['SIGTERM' as const]],
  ])('ends a call that does not, with a word for its caller: %s', async (_, env, more) => {
    const { site, runner, call } = await withHeldCall(env)
    process.kill(runner.pid, 'SIGTERM')
    await expect.poll(() => runner.logs.some((line) => line.includes('"draining"')), { timeout: 20_000 }).toBe(true)
    for (const signal of more) process.kill(runner.pid, signal)
    const answer = await call
    expect(answer).toMatchObject({ ok: false, code: 1, reason: 'cancelled' })
    expect(!answer.ok && answer.failure.message).toMatch(/The runner is being stopped/)
    await exitOf(runner)
    site.close()
  })

  it('refuses a limit that is none', async () => {
    await expect(startRunner('javascript', { INDAG_RUNNER_DRAIN_MS: 'soon' })).rejects.toThrow('INDAG_RUNNER_DRAIN_MS')
  })
})
