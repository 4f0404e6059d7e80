import type { Browser } from 'playwright-core'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { header, openBrowser, openTab, pasteBox, setUp, waitUntilDone } from './browser.ts'
import type { Tab } from './browser.ts'
import { startFakeBackend } from './fake-backend.ts'

let browser: Browser
let fake: Awaited<ReturnType<typeof startFakeBackend>>
let tab: Tab
beforeAll(async () => {
  fake = await startFakeBackend({ rowDelayMs: 300 })
  browser = await openBrowser()
  tab = await openTab(browser)
  await setUp(tab.page, fake.setupUrl)
})
afterAll(async () => {
  await browser?.close()
  await fake?.stop()
})

test('8: 500 indicators: few lines are drawn, and filter, sort and export work while the request runs', async () => {
  const { page } = tab
  const names = Array.from({ length: 499 }, (_, index) => `host-${index}.${index % 7 === 0 ? 'bad' : 'example'}.com`)
  await pasteBox(page).fill(['stalled.example.com', ...names].join('\n'))
  await page.getByText('500 indicators').waitFor()
  await page.getByLabel('Exposure preview').waitFor()
  await pasteBox(page).press('Control+Enter')
  await page.waitForURL(/\/requests\//)
  await page.getByText('500 of 500 shown').waitFor()
  expect(await page.locator('[data-indicator]').count()).toBeLessThan(60)

  await page.getByLabel('Filter by value').fill('host-49')
  await page.getByText('10 of 500 shown').waitFor()
  await page.getByLabel('Verdict', { exact: true }).selectOption('malicious')
  await page.getByText('3 of 500 shown').waitFor()
  expect(await header(page, 'pending').textContent()).not.toBe('0pending')
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV' }).click(),
  ])
  const csv = await readFile(await download.path(), 'utf8')
  expect(csv.split('\r\n')).toHaveLength(4)
  expect(csv).toContain('host-490.bad[.]com')

  fake.requests.releaseStalled()
  await waitUntilDone(page)
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByLabel('Sort').selectOption('verdict')
  await expect.poll(() => page.locator('[data-indicator]').first().textContent()).toContain('Malicious')
  await page.reload()
  await page.getByText('500 of 500 shown').waitFor()
  expect(await page.getByLabel('Sort').inputValue()).toBe('verdict')
  expect(fake.state.created).toBe(1)
  expect(tab.complaints).toEqual([])
})
