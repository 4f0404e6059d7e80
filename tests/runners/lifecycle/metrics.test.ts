import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'

const PAGE = readFileSync(fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url)), 'utf8')
const CODE = {
  javascript: `export async function fetchData(i, ctx) {
  if (i.value === 'none') return null
  if (i.value === 'die') 'x'.repeat(2 ** 29 - 30).split('')
  if (i.value === 'out') await ctx.fetch('http://169.254.169.254/').catch(() => {})
  return { summary: i.value }
}`,
  python: `import os
def fetch_data(i, ctx):
    if i.value == "none": return None
    if i.value == "die": os._exit(0)
    if i.value == "out":
        try: ctx.fetch("http://169.254.169.254/")
        except Exception: pass
    return {"summary": i.value}
`,
}

describe.each(['javascript', 'python'] as const)('the metrics of a %s runner', (language) => {
  let runner: StartedRunner
  let address = ''
  beforeAll(async () => {
    runner = await startRunner(language, { INDAG_RUNNER_METRICS_ADDRESS: '127.0.0.1:0' })
    const serving = JSON.parse(runner.logs.find((line) => line.includes('"serving"')) ?? '{}') as { metrics?: string }
    address = `http://${serving.metrics}`
  })
  afterAll(() => runner.stop())
  const read = async () => (await fetch(`${address}/metrics`)).text()
  const valueOf = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length + 1) ?? Number.NaN,
    )

  it('count calls by outcome, children, kills by cause and outgoing calls', async () => {
    const hash = await publish(runner, CODE[language], language)
    for (const value of ['a', 'b', 'none', 'die', 'out']) await ask(runner, hash, { value })
    const text = await read()
    const calls = (outcome: string) => valueOf(text, `indag_runner_calls_total{hook="fetchData",outcome="${outcome}"}`)
    expect([calls('result'), calls('not-found')]).toEqual([3, 1])
    const died = ['crashed', 'memory'].map((cause) => [
      calls(cause),
      valueOf(text, `indag_runner_child_kills_total{cause="${cause}"}`),
    ])
    // A call whose child ended by itself is tried once more, alone, before it is blamed.
    expect(died.filter(([failed, kills]) => failed === 1 && (kills === 1 || kills === 2))).toHaveLength(1)
    expect(valueOf(text, 'indag_runner_outgoing_calls_total{protocol="http",outcome="refused"}')).toBe(1)
    expect(valueOf(text, 'indag_runner_call_duration_seconds_count{hook="fetchData"}')).toBe(5)
    expect(valueOf(text, 'indag_runner_children_started_total')).toBeGreaterThan(2)
    expect(valueOf(text, 'indag_runner_children_memory_bytes')).toBeGreaterThan(1e6)
    expect(valueOf(text, 'indag_runner_versions')).toBe(1)
    expect(text).toContain(`indag_runner_info{language="${language}"`)
    expect(text).toMatch(new RegExp(`sandbox="${runner.sandbox}"`))
  })

  it('are those of the page, all and no others', async () => {
    const served = [...(await read()).matchAll(/^# TYPE (indag_\w+) (\w+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    )
    const section = PAGE.split('\n## Runners')[1]?.split('\n## ')[0] ?? ''
    const listed = [...section.matchAll(/^\| `(indag_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`)
    expect(served.toSorted()).toEqual(listed.toSorted())
  })

  it('are at no other address and by no other method', async () => {
    expect((await fetch(`${address}/`)).status).toBe(404)
    expect((await fetch(`${address}/metrics`, { method: 'POST' })).status).toBe(404)
  })
})

describe('a runner without a metrics address', () => {
  it('opens no second port', async () => {
    const runner = await startRunner('javascript')
    expect(runner.logs.find((line) => line.includes('"serving"'))).not.toContain('"metrics"')
    await runner.stop()
  })

  it('does not start with one that is none or is taken', async () => {
    await expect(startRunner('javascript', { INDAG_RUNNER_METRICS_ADDRESS: 'here' })).rejects.toThrow(
      'INDAG_RUNNER_METRICS_ADDRESS',
    )
    const runner = await startRunner('javascript')
    await expect(startRunner('javascript', { INDAG_RUNNER_METRICS_ADDRESS: runner.address })).rejects.toThrow(
      'INDAG_RUNNER_METRICS_ADDRESS',
    )
    await runner.stop()
  })
})
