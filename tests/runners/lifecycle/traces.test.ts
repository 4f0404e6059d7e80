import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openOtlpReceiver } from '../../support/telemetry/otlp.ts'
import { startRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'

const CODE = {
  javascript: `export async function fetchData(i, ctx) { const r = await ctx.fetch(ctx.config.site + '/asked?key=1'); return { summary: await r.text() } }`,
  python: `def fetch_data(i, ctx):
    return {"summary": ctx.fetch(ctx.config["site"] + "/asked?key=1").text}
`,
}
const [SERVER, CLIENT] = [2, 3]
const TRACE = 'a'.repeat(32)
const PARENT = 'b'.repeat(16)
let site: Server
let port = 0
const headers: IncomingHttpHeaders[] = []
beforeAll(async () => {
  site = createServer((request, response) => {
    headers.push(request.headers)
    response.end('answer')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  port = (site.address() as AddressInfo).port
})
afterAll(() => {
  site.close()
  site.closeAllConnections()
})

async function askOnce(language: 'javascript' | 'python', env: Record<string, string>, flags = '01') {
  const runner = await startRunner(language, { INDAG_RUNNER_PRIVATE_HOSTS: `127.0.0.1:${port}`, ...env })
  const hash = await publish(runner, CODE[language], language)
  const config = { site: `http://127.0.0.1:${port}` }
  const context = { configJson: Buffer.from(JSON.stringify(config)), hosts: [`127.0.0.1:${port}`], sourceId: 'asked' }
  const extra = { traceparent: `00-${TRACE}-${PARENT}-${flags}` }
  const answer = await ask(runner, hash, { context, extra })
  const failed = await ask(runner, hash, { context: { ...context, hosts: [] }, extra })
  // What was not sent yet is sent at the end.
  await runner.stop()
  return { answer, failed, logs: runner.logs }
}

describe.each(['javascript', 'python'] as const)('the spans of a %s runner', (language) => {
  it("lead from the caller's span to the code's own outgoing call, which tells the provider nothing", async () => {
    const collector = await openOtlpReceiver()
    const { answer, failed } = await askOnce(language, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint })
    collector.close()
    expect([answer.ok, failed.ok]).toEqual([true, false])
    const { spans } = collector
    expect(new Set(spans.map((span) => `${span.traceId} ${span.service}`))).toEqual(
      new Set([`${TRACE} indag-runner-${language}`]),
    )
    const calls = spans.filter((span) => span.parentId === PARENT)
    expect(calls).toMatchObject([
      { name: 'runner.v1.RunnerService/FetchData', kind: SERVER, status: 0 },
      { name: 'runner.v1.RunnerService/FetchData', kind: SERVER, status: 2 },
    ])
    const [good, bad] = calls
    expect(good?.attributes).toMatchObject({ 'indag.source.id': 'asked' })
    expect(bad?.attributes).toMatchObject({ 'indag.failure.reason': 'egress-denied' })
    const runs = spans.filter((span) => span.parentId === good?.spanId)
    expect(runs).toMatchObject([{ name: 'run fetchData' }])
    const outgoing = spans.filter((span) => span.parentId === runs[0]?.spanId)
    expect(outgoing).toMatchObject([{ name: 'GET', kind: CLIENT, status: 0 }])
    // The values of a query may be secrets.
    expect(outgoing[0]?.attributes['url.full']).toBe(`http://127.0.0.1:${port}/asked?key`)
    expect(answer.ok && answer.trailer.get('traceparent')).toEqual([`00-${TRACE}-${good?.spanId}-01`])
    expect(headers.at(-1)).not.toHaveProperty('traceparent')
  })
})

describe('the spans of a runner', () => {
  it('are not made for a trace that its caller does not record', async () => {
    const collector = await openOtlpReceiver()
    const { answer } = await askOnce('javascript', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }, '00')
    collector.close()
    expect(answer.ok).toBe(true)
    expect(collector.spans).toEqual([])
  })

  it('that cannot be sent cost the call nothing, and are spoken of once', async () => {
    const collector = await openOtlpReceiver()
    collector.close()
    const runner = await startRunner('javascript', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint })
    const hash = await publish(runner, `export function fetchData() { return { summary: 's' } }`)
    const extra = { traceparent: `00-${TRACE}-${PARENT}-01` }
    const said = () => runner.logs.filter((line) => line.includes('spans cannot be sent')).length
    expect(await ask(runner, hash, { extra })).toMatchObject({ ok: true })
    await expect.poll(said, { timeout: 30_000 }).toBe(1)
    expect(await ask(runner, hash, { extra })).toMatchObject({ ok: true })
    await runner.stop()
    expect(said()).toBe(1)
  })

  it('need an address that is one', async () => {
    await expect(startRunner('javascript', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).rejects.toThrow(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    )
  })
})
