import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { ask, header, linksOf, openBrowser, openTab, row, setUp, waitUntilDone } from './browser.ts'
import type { Tab } from './browser.ts'
import { startFakeBackend } from './fake-backend.ts'
import { failureDetails } from './fake/answers.ts'

/** States that the real product reaches only by bad luck, shown by the fake backend. */
describe('The client in odd states', () => {
  let browser: Browser
  let fake: Awaited<ReturnType<typeof startFakeBackend>>
  let tab: Tab
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    fake = await startFakeBackend({ rowDelayMs: 20 })
    tab = await openTab(browser)
    await setUp(tab.page, fake.setupUrl)
  })
  afterEach(async () => {
    expect(tab.complaints).toEqual([])
    await tab.close()
    await fake.stop()
  })

  test('3: a stalled source is running and counted, and nothing is green until it ends', async () => {
    const { page } = tab
    await ask(page, fake.url, 'stalled.example.com')
    await page.locator('[data-row="urlhaus"][data-state="running"]').waitFor()
    await page.locator('[data-row="calm-noise"][data-state="found"]').waitFor()
    expect(await header(page, 'pending').textContent()).toBe('1pending')
    expect(await row(page, 'urlhaus').textContent()).toContain('Running')
    expect(await page.locator('.text-good').count()).toBe(0)
    expect(await page.locator('[data-verdict]').getAttribute('data-verdict')).toBe('pending')

    fake.requests.releaseStalled()
    await waitUntilDone(page)
    expect(await row(page, 'urlhaus').textContent()).toContain('No record')
    expect(await header(page, 'pending').textContent()).toBe('0pending')
    // The same marks may be green once the verdict is final: the check above can fail.
    expect(await page.locator('.text-good').count()).toBeGreaterThan(0)
  })

  test('6: a disagreement is one line with counts and names, and opens to own words and time', async () => {
    const { page } = tab
    await ask(page, fake.url, 'bad.example.com')
    await waitUntilDone(page)
    const verdict = page.getByRole('region', { name: 'Verdict' })
    expect(await verdict.textContent()).toMatch(/2 of 3 .*URLhaus.*VirusTotal/)
    expect(await verdict.textContent()).toContain('1 disagrees')
    expect(await verdict.locator('q').allTextContents()).toEqual([
      'malware_download',
      'malicious (14/71)',
      'RIOT: common business service',
    ])
    expect(await verdict.locator('time').count()).toBe(3)
  })

  test.each(Object.entries(failureDetails))(
    '10: a failure of kind %s says its cause and has one link',
    async (code, detail) => {
      const { page } = tab
      await ask(page, fake.url, `fail-${code}.example.com`)
      await waitUntilDone(page)
      const failed = row(page, 'virustotal')
      expect(await failed.getAttribute('data-state')).toBe('failed')
      expect(await failed.textContent()).toContain(detail)
      const links = await failed.getByRole('link').count()
      expect(links).toBeLessThanOrEqual(1)
    },
  )

  test('10: a missing key is skipped, and its link lands on the field', async () => {
    const { page } = tab
    await ask(page, fake.url, '1.1.1.1')
    await waitUntilDone(page)
    await row(page, 'abuseipdb').getByRole('link', { name: 'Add the key' }).click()
    await page.waitForURL(/sources\/abuseipdb/)
    const field = page.getByRole('textbox', { name: 'apiKey' })
    await field.waitFor()
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('secret-apiKey')
    await field.fill('0123456789')
    await page.getByRole('button', { name: 'Test and save' }).click()
    await page.getByText('…6789').waitFor()
    expect(await field.inputValue()).toBe('')
    expect(await page.getByText('Ready', { exact: true }).count()).toBe(1)
  })

  test('18: no link of a result leads to a tested host', async () => {
    const { page } = tab
    await ask(page, fake.url, 'hxxp://login-update.bad.example.com/verify')
    await waitUntilDone(page)
    await row(page, 'virustotal').getByRole('button').first().click()
    await page.getByText('not linked').first().waitFor()
    const links = await linksOf(page)
    const outside = links.filter(({ href }) => !href.startsWith(fake.url))
    expect(outside).toEqual([{ href: 'https://virustotal.invalid/gui/report', rel: 'noreferrer noopener' }])
    expect(await row(page, 'virustotal').textContent()).not.toMatch(/http:\/\/login-update/)
  })

  test('a lost event stream falls back to polling, and says so', async () => {
    const { page } = tab
    fake.state.eventsDown = true
    await ask(page, fake.url, 'stalled.example.com')
    await page.getByText('asking every 2 s').waitFor()
    fake.requests.releaseStalled()
    await waitUntilDone(page)
  })

  test('a failed call shows the problem with its field and fix', async () => {
    const { page } = tab
    await page.goto(`${fake.url}/sources/virustotal`)
    await page.getByLabel('Base address').fill('http://nodots')
    await page.getByRole('button', { name: 'Save settings' }).click()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).toContain('config.baseUrlis not an address Write it as https://host.')
    expect(await alert.textContent()).toContain('Trace 4bf92f3577b34da6a3ce929d0e0e4736')
  })

  test('a session that ended leads to sign-in and back', async () => {
    const { page } = tab
    fake.state.signedIn.clear()
    await page.goto(`${fake.url}/sources?show=local`)
    await page.waitForURL(/\/sign-in/)
    await page.getByLabel('E-mail').fill('ada@example.org')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('E-mail or password is wrong.').waitFor()
    await page.getByLabel('Password').fill('right')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${fake.url}/sources?show=local`)
  })
})
