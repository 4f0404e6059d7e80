import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { freePort } from '../../scripts/postgres/free-port.ts'
import { startProduct, type Product } from '../support/product.ts'
import { lintExposition, readExposition, readQuery, type Exposed } from '../support/telemetry/exposition.ts'

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
/** Told by prom-client, by each program; the page names them as a group. */
const usual = /^(process|nodejs)_/
/** Put on by Prometheus itself. */
const ofPrometheus = ['job', 'instance', 'le']
const oddIndicator = 'metrics-must-not-see.example.com'

let product: Product
let metricsUrl: string
let backend: Map<string, Exposed>
let runners: Map<string, Exposed>
let all: Map<string, Exposed>

const scrape = async (url: string) => readExposition(await (await fetch(url)).text())

beforeAll(async () => {
  const [port, ...runnerPorts] = [await freePort(), await freePort()]
  metricsUrl = `http://127.0.0.1:${port}/metrics`
  product = await startProduct({
    runners: { javascript: 1, python: 0 },
    env: { INDAG_METRICS_ADDRESS: `127.0.0.1:${port}` },
    runnerEnv: { INDAG_RUNNER_METRICS_ADDRESS: `127.0.0.1:${runnerPorts[0]}` },
  })
  await odd()
  backend = await scrape(metricsUrl)
  runners = await scrape(`http://127.0.0.1:${runnerPorts[0]}/metrics`)
  all = new Map([...backend, ...runners])
}, 120_000)

afterAll(() => product?.stop())

/** Paths, methods and questions that would make a series each, if somebody let them. */
async function odd(): Promise<void> {
  const question = { indicators: [oddIndicator, '198.51.100.77'], wait: true }
  expect((await product.api('/api/v1/requests', { json: question })).status).toBe(200)
  expect((await product.api('/api/v1/requests', { json: question })).status).toBe(200)
  for (const path of [
    '/api/v1/requests/not-an-id',
    `/api/v1/${oddIndicator}`,
    '/%2e%2e/x',
    `/deep/${oddIndicator}?q=1`,
  ])
    await product.api(path)
  for (const method of ['OPTIONS', 'PROPFIND', 'LOCK']) await product.api(`/api/v1/sources/${oddIndicator}`, { method })
  const wrong = { email: 'nobody@indag.test', password: 'wrong-in-every-way' }
  await fetch(`${product.url}/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify(wrong),
  })
}

describe('the metrics', () => {
  test('are all in docs/metrics.md with type and labels, and the page names none that are not there', () => {
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(indag_\w+)` \| (\w+) \| (.*?) \|/gm)]
    const page = new Map(rows.map(([, name, type, labels = '']) => [name!, { type, labels: wordsIn(labels) }]))
    const told = [...all.values()].filter(({ name }) => !usual.test(name))
    expect(told.map(({ name }) => name).toSorted()).toEqual([...page.keys()].toSorted())
    for (const { name, type, labels } of told) {
      expect(page.get(name)?.type, name).toBe(type)
      const known = new Set([...page.get(name)!.labels, 'le'])
      for (const label of labels) expect(known, name).toContain(label)
    }
  })

  test('are named as Prometheus wants it', () => {
    expect(lintExposition([...all.values()].filter(({ name }) => !usual.test(name)))).toEqual([])
    expect(lintExposition(readExposition('# HELP a_ms x\n# TYPE a_ms counter\na_ms 1').values())).toHaveLength(2)
  })

  test('have labels of small fixed sets: no indicator, no path, no user, no odd method', () => {
    for (const { name, values } of all.values())
      for (const [label, seen] of values) {
        if (label === 'le') continue
        expect(seen.size, `${name} ${label}`).toBeLessThan(120)
        for (const value of seen)
          expect(value, `${name} ${label}`).not.toMatch(/example\.com|198\.51|@|not-an-id|deep|PROPFIND|LOCK/)
      }
    const routes = [...backend.get('indag_http_requests_total')!.values.get('route')!]
    expect(routes).toContain('/api/v1/requests/:id')
    expect(routes).toContain('other')
    for (const route of routes) expect(route).toMatch(/^(other|(\/[a-z0-9.-]+|\/:[a-zA-Z]+)+|\/)$/)
  })

  test('count what happened', async () => {
    const text = await (await fetch(metricsUrl)).text()
    const sample = (line: RegExp) => Number(line.exec(text)?.[1] ?? Number.NaN)
    expect(sample(/^indag_requests_total (\d+)/m)).toBe(2)
    expect(sample(/^indag_sign_ins_total\{outcome="wrong"\} (\d+)/m)).toBe(1)
    expect(sample(/^indag_result_cache_lookups_total\{result="hit"\} (\d+)/m)).toBeGreaterThan(0)
    expect(sample(/^indag_rows_total\{state="found"\} (\d+)/m)).toBeGreaterThan(0)
    expect(sample(/^indag_database_up (\d)/m)).toBe(1)
  })
})

describe('who may read them', () => {
  test('at the product, only a caller with system:read; at INDAG_METRICS_ADDRESS whoever reaches it, and nothing else there', async () => {
    expect((await fetch(`${product.url}/metrics`)).status).toBe(401)
    const made = await product.api('/api/v1/api-tokens', {
      json: { name: 'asks', scopes: ['requests:read'], expiresAt: null },
    })
    const { token } = (await made.json()) as { token: string }
    expect((await fetch(`${product.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(403)
    expect((await product.api('/metrics')).status).toBe(200)
    expect((await fetch(metricsUrl)).status).toBe(200)
    expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(404)
    expect((await fetch(metricsUrl.replace('/metrics', '/api/v1/sources'))).status).toBe(404)
  })
})

describe('what is asked of them', () => {
  const dashboards = readdirSync(fileURLToPath(new URL('../../observability/grafana', import.meta.url))).filter(
    (file) => file.endsWith('.json'),
  )

  test('every query of the Grafana dashboard names metrics and labels that are there', () => {
    expect(dashboards).toEqual(['indag.json'])
    const { panels } = JSON.parse(read('observability/grafana/indag.json')) as Dashboard
    const targets = panels.flatMap((panel) => panel.targets ?? [])
    expect(targets.length).toBeGreaterThan(20)
    for (const { expr } of targets) expectThere(expr)
    for (const { datasource, title, type } of panels)
      if (type !== 'row') expect(datasource?.uid, title).toBe('${datasource}')
  })

  test('every alert names metrics and labels that are there, and says what to do', () => {
    const { groups } = parse(read('observability/prometheus/alerts.yml')) as Alerts
    const rules = groups.flatMap((group) => group.rules)
    expect(rules.length).toBeGreaterThan(8)
    for (const { alert, expr, annotations } of rules) {
      expectThere(expr)
      expect(annotations.summary, alert).toMatch(/\S/)
      expect(annotations.action, alert).toMatch(/\S/)
    }
  })

  test('a query with a metric or a label that is not there is refused', () => {
    expect(() => expectThere('rate(indag_no_such_total[5m])')).toThrow(/indag_no_such_total/)
    expect(() => expectThere('sum by (colour) (indag_requests_total)')).toThrow(/colour/)
  })
})

type Dashboard = {
  panels: { title: string; type: string; datasource?: { uid: string }; targets?: { expr: string }[] }[]
}
type Alerts = {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string; action: string } }[] }[]
}

function expectThere(expression: string): void {
  const { metrics, labels } = readQuery(expression)
  expect(metrics.length, expression).toBeGreaterThan(0)
  const known = new Set(ofPrometheus)
  for (const name of metrics) {
    if (name === 'up') continue
    const metric = all.get(name) ?? all.get(name.replace(/_(bucket|sum|count)$/, ''))
    if (!metric) throw new Error(`${expression}: there is no ${name}`)
    for (const label of pageLabels(metric.name)) known.add(label)
    for (const label of metric.labels) known.add(label)
  }
  for (const label of labels) if (!known.has(label)) throw new Error(`${expression}: no metric has the label ${label}`)
}

/** A label of a counter that nothing has counted yet is in the page alone, which another test compares. */
function pageLabels(name: string): string[] {
  const row = new RegExp(`^\\| \`${name}\` \\| \\w+ \\| (.*?) \\|`, 'm').exec(read('docs/metrics.md'))
  return wordsIn(row?.[1] ?? '')
}

function wordsIn(labels: string): string[] {
  return [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label!)
}
