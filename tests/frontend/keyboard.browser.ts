import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openTab, pasteBox, setUp, waitUntilDone } from './browser.ts'
import type { Tab } from './browser.ts'
import { startFakeBackend } from './fake-backend.ts'

let browser: Browser
let fake: Awaited<ReturnType<typeof startFakeBackend>>
let tab: Tab
beforeAll(async () => {
  fake = await startFakeBackend({ rowDelayMs: 10 })
  browser = await openBrowser()
  tab = await openTab(browser)
  await setUp(tab.page, fake.setupUrl)
})
afterAll(async () => {
  await browser?.close()
  await fake?.stop()
})

const paste = (text: string) => tab.page.keyboard.insertText(text)

test('29: one indicator: paste and Enter, then j, Enter and Esc through its rows', async () => {
  const { page } = tab
  const { keyboard } = page
  await page.goto(fake.url)
  await pasteBox(page).waitFor()
  await keyboard.press('Escape')
  await keyboard.press('/')
  await paste('1.1.1.1')
  await keyboard.press('Enter')
  await page.waitForURL(/\/requests\//)
  await waitUntilDone(page)
  await keyboard.press('j')
  await keyboard.press('j')
  await keyboard.press('k')
  expect(await page.locator('[data-row][data-current="true"]').count()).toBe(1)
  await keyboard.press('Enter')
  await page.locator('[data-detail]').waitFor()
  expect(new URL(page.url()).searchParams.get('source')).not.toBeNull()
  await keyboard.press('Escape')
  await page.locator('[data-detail]').waitFor({ state: 'detached' })
})

test('29: several indicators: x unticks one, Ctrl+Enter runs, j and Enter open, Esc closes', async () => {
  const { page } = tab
  const { keyboard } = page
  await page.goto(fake.url)
  await page.evaluate('sessionStorage.clear()')
  await page.reload()
  await pasteBox(page).waitFor()
  await paste('1.1.1.1\nbad.example.com\n8.8.8.8')
  await page.getByText('3 indicators').waitFor()
  await keyboard.press('Escape')
  await keyboard.press('j')
  await keyboard.press('x')
  await page.getByText('2 ticked').waitFor()
  await keyboard.press('/')
  await keyboard.press('Control+Enter')
  await page.waitForURL(/\/requests\//)
  await waitUntilDone(page)
  await page.getByText('2 of 2 shown').waitFor()
  await keyboard.press('j')
  await keyboard.press('x')
  await page.getByText('one indicator selected').waitFor()
  await keyboard.press('Enter')
  await page.getByRole('region', { name: 'Verdict' }).waitFor()
  await keyboard.press(']')
  await expect.poll(() => new URL(page.url()).searchParams.get('open')).toBe('1')
  await keyboard.press('Escape')
  await page.getByRole('region', { name: 'Verdict' }).waitFor({ state: 'detached' })
})

test('29: Ctrl+K goes anywhere, ? lists the keys, typing in a box is only typing', async () => {
  const { page } = tab
  const { keyboard } = page
  await keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await paste('virus')
  await keyboard.press('Enter')
  await page.waitForURL(/\/sources\/virustotal/)
  await keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.goto(`${fake.url}/sources`)
  await page.getByLabel('Search sources').fill('')
  await keyboard.type('jk?x/')
  expect(await page.getByLabel('Search sources').inputValue()).toBe('jk?x/')
  expect(tab.complaints).toEqual([])
})
