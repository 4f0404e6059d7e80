import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, openBrowser, openTab, pasteBox, row, seriousFindings, setUp, waitUntilDone } from './browser.ts'
import type { Tab } from './browser.ts'
import { startFakeBackend } from './fake-backend.ts'

describe.each([
  { theme: 'dark', dark: true },
  { theme: 'light', dark: false },
])('39: axe finds nothing serious, $theme', ({ dark }) => {
  let browser: Browser
  let fake: Awaited<ReturnType<typeof startFakeBackend>>
  let tab: Tab
  beforeAll(async () => {
    fake = await startFakeBackend({ rowDelayMs: 5 })
    browser = await openBrowser()
    tab = await openTab(browser, { dark })
  })
  afterAll(async () => {
    await browser?.close()
    await fake?.stop()
  })

  test('on the setup page', async () => {
    await tab.page.goto(fake.setupUrl)
    await tab.page.getByLabel('Your name').waitFor()
    expect(await seriousFindings(tab.page)).toEqual([])
    await setUp(tab.page, fake.setupUrl)
  })

  test('on the start page, empty and with a report', async () => {
    expect(await seriousFindings(tab.page)).toEqual([])
    await pasteBox(tab.page).fill('1.1.1.1 bad.example.com C:\\Windows\\a.exe and 1.2.3.4.5')
    await tab.page.getByLabel('Exposure preview').waitFor()
    expect(await seriousFindings(tab.page)).toEqual([])
  })

  test('on a request with an open row, in every tab', async () => {
    const { page } = tab
    await ask(page, fake.url, '1.1.1.1 bad.example.com fail-timeout.example.com')
    await waitUntilDone(page)
    expect(await seriousFindings(page)).toEqual([])
    await page.getByText('bad.example[.]com').first().click()
    await row(page, 'virustotal').getByRole('button').first().click()
    for (const name of ['Answer', 'Raw', 'Calls 1', 'Log 1', 'Run']) {
      await page.getByRole('tab', { name }).click()
      expect(await seriousFindings(page)).toEqual([])
    }
  })

  test.each([
    '/history',
    '/sources',
    '/sources/abuseipdb',
    '/sources/own-list',
    '/ignore-lists',
    '/runners',
    '/tokens',
  ])('on %s', async (path) => {
    await tab.page.goto(fake.url + path)
    await tab.page.getByRole('heading', { level: 1 }).waitFor()
    await tab.page.waitForLoadState('networkidle')
    expect(await seriousFindings(tab.page)).toEqual([])
  })

  test('in the palette and on the sign-in page', async () => {
    const { page } = tab
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Profile' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    expect(await seriousFindings(page)).toEqual([])
  })
})
