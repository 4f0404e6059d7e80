import type { ServerResponse } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct } from '../support/product.ts'
import type { Product } from '../support/product.ts'
import { startProvider } from '../support/provider.ts'
import type { Provider } from '../support/provider.ts'
import { ask, header, openBrowser, openTab, pasteBox, row, setUp, waitUntilDone } from './browser.ts'
import type { Tab } from './browser.ts'

describe('The real product in trouble, seen in a real browser', () => {
  let provider: Provider
  let product: Product
  let browser: Browser
  let tab: Tab
  beforeAll(async () => {
    provider = await startProvider()
    product = await startProduct({
      admin: false,
      runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: new URL(provider.url).host },
    })
    browser = await openBrowser()
    tab = await openTab(browser)
    await setUp(tab.page, `${product.url}/setup${new URL(product.setupUrl ?? '').hash}`)
    await tab.page.goto(`${product.url}/sources/virustotal#config-baseUrl`)
    await tab.page.getByLabel('Address of the API').fill(provider.url)
    await tab.page.getByRole('button', { name: 'Save settings' }).click()
    await tab.page.getByText('Saved the settings').waitFor()
    // Not by the page, which would ask the provider first: these tests count its calls.
    const saved = await tab.page.evaluate(
      `fetch('/api/v1/sources/virustotal/secrets/apiKey', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"value":"a-key-of-the-test","test":false}' }).then(({ status }) => status)`,
    )
    expect(saved).toBe(200)
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await provider?.stop()
  })

  test('4: a source that is not chosen is never called', async () => {
    const { page } = tab
    await ask(page, product.url, '8.8.8.8', '?sources=address-asn')
    await waitUntilDone(page)
    expect(provider.calls).toEqual([])
  })

  test('3: a stalled source is running and counted, nothing is green; its empty answer is "No record"', async () => {
    const { page } = tab
    const held: ServerResponse[] = []
    provider.answer((_call, response) => void held.push(response))
    await ask(page, product.url, '8.8.8.8', '?sources=virustotal,well-known-addresses')
    await page.locator('[data-row="virustotal"][data-state="running"]').waitFor()
    await page.locator('[data-row="well-known-addresses"][data-state="found"]').waitFor()
    expect(await header(page, 'pending').textContent()).toBe('1pending')
    expect(await page.locator('main .text-good').count()).toBe(0)
    expect(held).toHaveLength(1)
    for (const response of held) response.writeHead(404).end('{}')
    await waitUntilDone(page)
    expect(await row(page, 'virustotal').textContent()).toContain('No record')
    expect(await page.locator('main .text-good').count()).toBeGreaterThan(0)
  })

  test.each([
    { status: 401, words: /key|refused|unauthor/i, lands: /^secret/ },
    { status: 500, words: /500|provider/i, lands: null },
  ])(
    '10: a provider that answers $status shows as failed, with its cause and one link',
    async ({ status, words, lands }) => {
      const { page } = tab
      provider.answer((_call, response) => void response.writeHead(status).end('{}'))
      await ask(page, product.url, `198.18.${status % 250}.1\n8.8.4.${status % 250}`, '?sources=virustotal&fresh=true')
      await waitUntilDone(page)
      await page
        .getByText(`8.8.4[.]${status % 250}`)
        .first()
        .click()
      const failed = page.locator('[data-row="virustotal"][data-state="failed"]')
      await failed.waitFor()
      expect(await failed.textContent()).toMatch(words)
      expect(await failed.getByRole('link').count()).toBeLessThanOrEqual(1)
      if (!lands) return
      await failed.getByRole('link').click()
      await expect.poll(() => page.evaluate('document.activeElement.id')).toMatch(lands)
    },
  )

  test('6: an own list against a well-known benign address: the disagreement, in own words', async () => {
    const { page } = tab
    await page.goto(`${product.url}/sources/own-networks#dataset`)
    await page.getByLabel('List file').setInputFiles({
      name: 'incident.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('key,label,verdict\n8.8.8.0/24,Seen in incident 7,malicious\n'),
    })
    await page.getByText('Loaded incident.csv').waitFor()
    await ask(page, product.url, '8.8.8.8', '?sources=own-networks,well-known-addresses')
    await waitUntilDone(page)
    const verdict = page.getByRole('region', { name: 'Verdict' })
    expect(await verdict.textContent()).toContain('1 disagrees')
    const words = await verdict.locator('q').allTextContents()
    expect(words).toHaveLength(2)
    expect(words.join()).toContain('Seen in incident 7')
  })

  test('5: every row ends when the runners are killed in the middle', async () => {
    const { page } = tab
    await page.goto(product.url)
    const many = Array.from({ length: 200 }, (_, index) => `host-${index}.example-${index % 9}.com`)
    await pasteBox(page).fill(many.join('\n'))
    await page.getByRole('button', { name: 'Local only' }).click()
    await page.getByLabel('Exposure preview').getByText('Nothing leaves').waitFor()
    await pasteBox(page).press('Control+Enter')
    await page.waitForURL(/\/requests\//)
    await Promise.all(product.runners.map((runner) => runner.kill()))
    await waitUntilDone(page)
    expect(await header(page, 'pending').textContent()).toBe('0pending')
    expect(tab.complaints).toEqual([])
  })
})
