import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'

// What the caller decides is shown where it counts: at the provider that the code was asking.
const CODE = {
  javascript: `export async function fetchData(i, ctx) { await ctx.fetch(ctx.config.site + '/' + i.value); return { summary: 's' } }`,
  python: `def fetch_data(i, ctx):
    ctx.fetch(ctx.config["site"] + "/" + i.value)
    return {"summary": "s"}
`,
}
let site: Server
let port = 0
const open = new Set<string>()
const closed = new Set<string>()
beforeAll(async () => {
  site = createServer((request) => {
    const path = request.url ?? ''
    open.add(path)
    request.socket.once('close', () => closed.add(path))
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  port = (site.address() as AddressInfo).port
})
afterAll(() => {
  site.close()
  site.closeAllConnections()
})

describe.each(['javascript', 'python'] as const)('a call of a %s source that waits for its provider', (language) => {
  let runner: StartedRunner
  let hash = ''
  const context = () => ({
    configJson: Buffer.from(JSON.stringify({ site: `http://127.0.0.1:${port}` })),
    hosts: [`127.0.0.1:${port}`],
    limits: { wallMs: 60_000 } as never,
  })
  beforeAll(async () => {
    runner = await startRunner(language, { INDAG_RUNNER_PRIVATE_HOSTS: `127.0.0.1:${port}` })
    hash = await publish(runner, CODE[language], language)
  })
  afterAll(() => runner.stop())

  it('hangs up on it when the caller cancels', async () => {
    const path = `/${language}-cancelled`
    const caller = new AbortController()
    const call = ask(runner, hash, { value: path.slice(1), context: context(), signal: caller.signal })
    await expect.poll(() => open.has(path), { timeout: 10_000 }).toBe(true)
    expect(closed.has(path)).toBe(false)
    caller.abort()
    expect(await call).toMatchObject({ ok: false, code: 1 })
    await expect.poll(() => closed.has(path), { timeout: 10_000 }).toBe(true)
  })

  it("hangs up on it when the caller's deadline comes, long before its own limit", async () => {
    const path = `/${language}-late`
    const call = ask(runner, hash, { value: path.slice(1), context: context(), deadlineMs: 1_500 })
    await expect.poll(() => open.has(path), { timeout: 10_000 }).toBe(true)
    expect(await call).toMatchObject({ ok: false, code: 4 })
    await expect.poll(() => closed.has(path), { timeout: 10_000 }).toBe(true)
  })
})
