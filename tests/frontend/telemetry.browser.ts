import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct, type Product } from '../support/product.ts'
import { json, startProvider, type Provider } from '../support/provider.ts'
import { openOtlpReceiver, type OtlpReceiver, type SeenSpan } from '../support/telemetry/otlp.ts'
import { openSentryIngest, type SentryIngest } from '../support/telemetry/sentry-ingest.ts'
import { ADMIN, ask, openBrowser, openTab, seriousFindings, setUp, waitUntilDone } from './browser.ts'
import type { Tab } from './browser.ts'

const indicator = '45.83.64.1'
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

const setupOf = (product: Product) => `${product.url}/setup${new URL(product.setupUrl ?? '').hash}`
/** Scripts that the page has loaded so far. */
const scriptsOf = (page: Page) =>
  page.evaluate('performance.getEntriesByType("resource").map(({ name }) => name)') as Promise<string[]>

describe('a product that tells what happens in it', () => {
  let collector: OtlpReceiver
  let ingest: SentryIngest
  let provider: Provider
  let product: Product
  let tab: Tab
  beforeAll(async () => {
    collector = await openOtlpReceiver()
    ingest = await openSentryIngest()
    provider = await startProvider()
    provider.answer((_call, response) => json(response, { noise: false, riot: false, message: 'Success', ip: '' }))
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
    product = await startProduct({
      admin: false,
      env: { ...env, SENTRY_BROWSER_DSN: ingest.dsn, SENTRY_RELEASE: 'indag@7.7.7', SENTRY_ENVIRONMENT: 'staging' },
      runnerEnv: { ...env, INDAG_RUNNER_PRIVATE_HOSTS: new URL(provider.url).host },
    })
    tab = await openTab(browser)
    await setUp(tab.page, setupOf(product))
    const patch = { config: { baseUrl: provider.url }, enabled: true }
    const status = await tab.page.evaluate(
      `fetch('/api/v1/sources/greynoise-community', { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(patch))} }).then(({ status }) => status)`,
    )
    expect(status).toBe(200)
  })
  afterAll(async () => {
    await tab?.close()
    await product?.stop()
    await provider?.stop()
    ingest?.close()
    collector?.close()
  })

  /** From a span up to the root of its trace. */
  function roadUp(span: SeenSpan | undefined): SeenSpan[] {
    if (!span) return []
    return [span, ...roadUp(collector.spans.find(({ spanId }) => spanId === span.parentId))]
  }

  test('has one trace from the click in the browser to the outgoing call of the code', async () => {
    await ask(tab.page, product.url, indicator, '?sources=greynoise-community')
    await waitUntilDone(tab.page)
    const target = `${provider.url}/`
    const outgoing = () =>
      collector.spans.find(({ attributes }) => (attributes['url.full'] as string | undefined)?.startsWith(target))
    const seen = () => roadUp(outgoing()).map(({ service, name }) => `${service}: ${name}`)
    await expect.poll(() => seen().at(-1), { timeout: 30_000 }).toBe('indag-browser: POST /api/v1/requests')
    const road = seen()
    expect(road.map((step) => step.split(':')[0])).toEqual([
      ...Array<string>(3).fill('indag-runner-python'),
      ...Array<string>(road.length - 4).fill('indag-backend'),
      'indag-browser',
    ])
    expect(road).toContain('indag-backend: POST /api/v1/requests')
    expect(road).toContain('indag-backend: source greynoise-community')
    expect(new Set(roadUp(outgoing()).map(({ traceId }) => traceId)).size).toBe(1)
    expect(roadUp(outgoing()).at(-1)?.parentId).toBe('')
  })

  test('hears nothing from the browser but methods, routes and times', () => {
    const told = collector.spans.filter(({ service }) => service === 'indag-browser')
    expect(told.length).toBeGreaterThan(2)
    for (const { name, attributes } of told) {
      expect(name).toMatch(/^[A-Z]+ \/(api|auth)(\/[a-z0-9{}-]+)+$/)
      expect(Object.keys(attributes)).toEqual(['http.request.method', 'url.template', 'http.response.status_code'])
    }
  })

  test('shows the trace id of a call that was refused', async () => {
    const { page } = tab
    await page.goto(`${product.url}/sources/no-such-source`)
    await page.getByText(/^Trace [0-9a-f]{32}$/).waitFor()
  })

  test('sends an error that the page did not catch to Sentry once, with release and trace, and without values', async () => {
    const { page } = tab
    await page.goto(product.url)
    await expect
      .poll(async () => (await scriptsOf(page)).some((name) => /\/assets\/sentry-.*\.js$/.test(name)))
      .toBe(true)
    await page.evaluate(
      `setTimeout(() => { throw new Error('the page fell over ' + ${JSON.stringify(indicator)} + ' "${ADMIN.email}" indag_${'x'.repeat(49)}') })`,
    )
    await expect.poll(() => ingest.events.length, { timeout: 15_000 }).toBe(1)
    expect(ingest.events[0]).toMatchObject({
      release: 'indag@7.7.7',
      environment: 'staging',
      tags: { service: 'indag-browser', traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string },
    })
    expect(ingest.events[0]?.exception?.values[0]?.value).toMatch(/^the page fell over/)
    const raw = ingest.raw.join('\n')
    for (const value of [indicator, ADMIN.email, 'xxxx', 'indag_session', '"request"', 'breadcrumbs', '"user"'])
      expect(raw).not.toContain(value)
    expect(tab.complaints.filter((text) => /Content Security Policy/.test(text))).toEqual([])
  })

  test('lets the page talk to that one host besides its own', async () => {
    const policy = (await fetch(product.url)).headers.get('content-security-policy')
    expect(policy).toContain(`connect-src 'self' ${ingest.origin};`)
  })

  test('refuses spans of strangers, too many at once, and what is no route', async () => {
    const span = {
      ...{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), method: 'GET', route: '/api/v1/me' },
      ...{ startedAtMs: Date.now(), durationMs: 1, status: 200 },
    }
    const send = (body: object) =>
      tab.page.evaluate(
        `fetch('/api/v1/telemetry/spans', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))} }).then(({ status }) => status)`,
      )
    expect(await send({ spans: [span] })).toBe(204)
    expect(await send({ spans: Array(65).fill(span) })).toBe(422)
    expect(await send({ spans: [{ ...span, route: '/x?indicator=evil.example.com' }] })).toBe(422)
    expect(await send({ spans: [{ ...span, more: 'x' }] })).toBe(422)
    const stranger = await fetch(`${product.url}/api/v1/telemetry/spans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ spans: [span] }),
    })
    expect(stranger.status).toBe(401)
  })
})

describe('a product that tells nobody', () => {
  let product: Product
  let tab: Tab
  beforeAll(async () => {
    product = await startProduct({ admin: false, runners: { javascript: 1, python: 0 } })
    tab = await openTab(browser)
    await setUp(tab.page, setupOf(product))
  })
  afterAll(async () => {
    await tab?.close()
    await product?.stop()
  })

  test('does not load Sentry into the page, sends no spans, and its policy allows its own host only', async () => {
    const { page } = tab
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.url()))
    await page.goto(`${product.url}/history`)
    await page.waitForLoadState('networkidle')
    expect(sent.some((url) => url.endsWith('/api/v1/client-config'))).toBe(true)
    expect((await scriptsOf(page)).filter((name) => /sentry/i.test(name))).toEqual([])
    expect(sent.filter((url) => /telemetry|sentry/i.test(url))).toEqual([])
    const policy = (await fetch(product.url)).headers.get('content-security-policy')
    expect(policy).toContain("connect-src 'self';")
  })

  test.each([true, false])('shows the system by icon and word, dark: %s; axe finds nothing serious', async (dark) => {
    const { page } = tab
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' })
    await page.goto(`${product.url}/system`)
    await page.getByRole('heading', { name: 'PostgreSQL' }).waitFor()
    await expect.poll(() => page.locator('#database [data-state]').getAttribute('data-state')).toBe('ok')
    await page.locator('#database').getByText('Well').waitFor()
    await page.locator('#redis').getByText('Not in use').waitFor()
    await page.locator('#backend').getByText('answers you').waitFor()
    expect(await seriousFindings(page)).toEqual([])
  })

  test('shows a runner that died as down, with a link to the runners', async () => {
    const { page } = tab
    await product.runners[0]!.kill()
    await expect
      .poll(
        async () => {
          await page.goto(`${product.url}/system`)
          return page.locator('#runners [data-state]').getAttribute('data-state')
        },
        { timeout: 40_000 },
      )
      .toBe('down')
    await page.locator('#runners').getByText('Down').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.locator('#runners').getByRole('link', { name: 'See the runners' }).click()
    await page.waitForURL(/\/runners$/)
  })
})
