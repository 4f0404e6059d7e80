import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct } from '../support/product.ts'
import type { Product } from '../support/product.ts'
import {
  ADMIN,
  ask,
  header,
  linksOf,
  openBrowser,
  openTab,
  pasteBox,
  row,
  setUp,
  signIn,
  waitUntilDone,
} from './browser.ts'
import type { Tab } from './browser.ts'

/** The journeys of an analyst through the real product: real backend, runners, sandbox and database; no network. */
describe('The real product in a real browser', () => {
  let product: Product
  let browser: Browser
  let tab: Tab
  beforeAll(async () => {
    product = await startProduct({ admin: false })
    browser = await openBrowser()
    tab = await openTab(browser)
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })
  const path = (link: string) => `${product.url}/setup${new URL(link).hash}`

  test('2: the setup link makes the first administrator, and only once', async () => {
    await setUp(tab.page, path(product.setupUrl ?? ''))
    const second = await openTab(browser)
    await second.page.goto(path(product.setupUrl ?? ''))
    await second.page.getByText('Setup is done').waitFor()
    const answer = await fetch(`${product.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        token: new URL(product.setupUrl ?? '').hash.slice(7),
        ...ADMIN,
        email: 'eve@example.org',
      }),
    })
    expect(answer.status).toBe(410)
    await signIn(second.page, product.url)
    await second.close()
  })

  test('1: 1.1.1.1 shows at least 5 answered rows with no network', async () => {
    const { page } = tab
    await page.goto(product.url)
    await pasteBox(page).fill('1.1.1.1')
    await pasteBox(page).press('Enter')
    await page.waitForURL(/\/requests\//)
    await waitUntilDone(page)
    expect(await page.locator('[data-row][data-state="found"]').count()).toBeGreaterThanOrEqual(5)
    expect(await page.locator('[data-row][data-state="queued"], [data-row][data-state="running"]').count()).toBe(0)
  })

  test('4: only the chosen source is asked', async () => {
    const { page } = tab
    await page.goto(product.url)
    await pasteBox(page).fill('8.8.8.8')
    await page.getByRole('button', { name: 'None' }).click()
    await page.getByText('Choose at least one source.').waitFor()
    await page.locator('[data-source="address-asn"]').getByRole('checkbox').check()
    await page.getByText(/1 call to 1 source in all/).waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.waitForURL(/\/requests\//)
    await waitUntilDone(page)
    expect(await page.locator('[data-row]').count()).toBe(1)
    await row(page, 'address-asn').waitFor()
  })

  test('7: a report becomes a table by kind, duplicates merged, rejects with reasons', async () => {
    const { page } = tab
    await page.goto(product.url)
    const report =
      'Seen 203[.]0[.]113[.]7, then 203.0.113.7 again; hxxps://evil[.]example[.]com/a and 999.1.1.1, CVE-2021-44228.'
    await pasteBox(page).fill(report)
    const found = page.getByRole('region', { name: 'Found in the text' })
    await found.getByText('×2').waitFor()
    expect(await found.textContent()).toContain('203.0.113[.]7')
    expect(await found.textContent()).toContain('CVE-2021-44228')
    const rejected = page.getByRole('group').filter({ hasText: 'looked like indicators' })
    expect(await rejected.textContent()).toContain('999.1.1.1')
  })

  test('9: TLP:RED keeps everything local, before Run and in every row', async () => {
    const { page } = tab
    await page.goto(product.url)
    await pasteBox(page).fill('9.9.9.9')
    await page
      .getByLabel('Exposure preview')
      .getByText(/quer(y leaves|ies leave)/)
      .waitFor()
    await page.getByText('RED', { exact: true }).first().click()
    await page.getByLabel('Exposure preview').getByText('Nothing leaves this machine').waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.waitForURL(/\/requests\//)
    await waitUntilDone(page)
    const skipped = page.locator('[data-row][data-state="skipped"]').filter({ hasText: 'TLP' })
    expect(await skipped.count()).toBeGreaterThan(0)
  })

  test('15: a reload and a second tab attach to the same request', async () => {
    const { page } = tab
    const id = await ask(page, product.url, '1.0.0.1')
    await page.reload()
    await waitUntilDone(page)
    const second = await page.context().newPage()
    await second.goto(page.url())
    await waitUntilDone(second)
    await second.goto(`${product.url}/history?q=1.0.0.1`)
    await second.locator(`[data-request="${id}"]`).waitFor()
    expect(await second.locator('[data-request]').count()).toBe(1)
    await second.close()
  })

  test('16: the state filter, the open row and its tab are in the address', async () => {
    const { page } = tab
    await ask(page, product.url, '1.1.1.1\nexample.com')
    await waitUntilDone(page)
    await page.getByLabel('Kind').selectOption('ipv4')
    await page.getByText('1.1.1[.]1').first().click()
    await row(page, 'address-asn').getByRole('button').first().click()
    await page.getByRole('tab', { name: 'Raw' }).click()
    await header(page, 'found').click()
    await page.waitForURL(/state=found/)
    const copy = await page.context().newPage()
    await copy.goto(page.url())
    await copy.getByRole('tab', { name: 'Raw', selected: true }).waitFor()
    expect(await copy.getByLabel('Kind').inputValue()).toBe('ipv4')
    expect(await copy.locator('[data-row]:not([data-state="found"])').count()).toBe(0)
    await copy.close()
  })

  test('17: copies raw, defanged and as curl, and says which', async () => {
    const { page } = tab
    await ask(page, product.url, 'hxxp://files.example.net/a')
    const copied = async (item: string) => {
      await page.getByRole('button', { name: 'Copy one indicator' }).click()
      await page.getByRole('menuitem', { name: item }).click()
      return (await page.evaluate('navigator.clipboard.readText()')) as string
    }
    expect(await copied('Raw')).toBe('http://files.example.net/a')
    await page.getByText('Copied one indicator, raw').waitFor()
    expect(await copied('Defanged')).toBe('hxxp[:]//files.example[.]net/a')
    await page.getByText('Copied one indicator, defanged').waitFor()
    expect(await copied('As curl')).toMatch(/^curl .*\/api\/v1\/requests/)
    await page.getByText('Copied one indicator, as curl').waitFor()
  })

  test('18: no link of a result leads to the tested host', async () => {
    const { page } = tab
    await ask(page, product.url, 'hxxps://login.evil-site.com/verify')
    await waitUntilDone(page)
    const slugs = (await page.evaluate(
      "[...document.querySelectorAll('[data-row]')].map(r => r.dataset.row)",
    )) as string[]
    for (const slug of slugs) {
      await row(page, slug).getByRole('button').first().click()
      await page.locator(`[data-detail="${slug}"]`).waitFor()
      expect((await linksOf(page)).filter(({ href }) => new URL(href).hostname.endsWith('evil-site.com'))).toEqual([])
    }
  })

  test('19 and 20: a token is shown once, and the snippet runs with it', async () => {
    const { page } = tab
    await page.goto(`${product.url}/tokens`)
    await page.getByLabel('Name').fill('browser test')
    await page.getByRole('button', { name: 'Create token' }).click()
    const token = (await page.locator('[data-shown-once]').textContent()) ?? ''
    expect(token).toMatch(/^indag_/)
    await page.reload()
    await page.locator('[data-token="browser test"]').waitFor()
    expect(await page.getByText(token).count()).toBe(0)
    await page.getByLabel('Name').fill('browser test')
    await page.getByRole('button', { name: 'Create token' }).click()
    await page
      .getByRole('alert')
      .getByText(/another name/)
      .first()
      .waitFor()

    await ask(page, product.url, '1.1.1.1', '?sources=address-asn')
    await page.getByRole('button', { name: 'API' }).click()
    const command = (await page.getByRole('dialog').locator('pre').textContent()) ?? ''
    const { stdout } = await promisify(execFile)('bash', ['-c', command], {
      env: { ...process.env, INDAG_TOKEN: token },
    })
    const answer = JSON.parse(stdout) as { state: string; sources: string[] }
    expect(answer).toMatchObject({ state: 'done', sources: ['address-asn'] })
    await page.keyboard.press('Escape')
  })

  test('10: a missing key is skipped, and its link lands on the field', async () => {
    const { page } = tab
    await ask(page, product.url, '1.1.1.1')
    await waitUntilDone(page)
    await row(page, 'abuseipdb').getByRole('link').click()
    await page.waitForURL(/\/sources\/abuseipdb/)
    await expect.poll(() => page.evaluate('document.activeElement.id')).toMatch(/^secret-/)
  })

  test('no page complained to the console', () => {
    expect(tab.complaints).toEqual([])
  })
})
