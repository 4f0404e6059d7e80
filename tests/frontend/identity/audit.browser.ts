import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct } from '../../support/product.ts'
import type { Product } from '../../support/product.ts'
import { openBrowser, openTab, seriousFindings, setUp, signIn } from '../browser.ts'
import type { Tab } from '../browser.ts'

describe('34: the change log', () => {
  let product: Product
  let browser: Browser
  let tab: Tab
  beforeAll(async () => {
    product = await startProduct({ admin: false, runners: { javascript: 1, python: 0 } })
    browser = await openBrowser()
    tab = await openTab(browser)
    await setUp(tab.page, `${product.url}/setup${new URL(product.setupUrl ?? '').hash}`)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  /** As the signed-in page itself would. */
  const ask = (method: string, path: string, json?: object) =>
    tab.page.evaluate(
      async ([verb, where, body]) => {
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(where!, { method: verb!, ...(body ? { headers, body } : {}) })
        return (await answer.text()) || '{}'
      },
      [method, `/api/v1${path}`, json && JSON.stringify(json)] as const,
    )

  test('shows who changed what and when, with the fields before and after', async () => {
    const { page } = tab
    const { id } = JSON.parse(await ask('POST', '/groups', { name: 'Watchers' })) as { id: string }
    await ask('PATCH', `/groups/${id}`, { description: 'who keep watch' })
    await page.goto(`${product.url}/audit`)
    await page.locator('[data-audit="group.change"]').getByRole('button', { expanded: false }).click()
    const field = page.locator('[data-field="description"]')
    expect(await field.getByRole('cell').allInnerTexts()).toEqual(['(empty)', 'who keep watch'])
    expect(await page.locator('[data-field="name"]').count()).toBe(0)
    await page.getByRole('button', { name: 'Copy the trace id' }).click()
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^[0-9a-f]{32}$/)
    // What is open, and each filter, is in the address: a reload and a link show the same.
    await page.reload()
    await field.waitFor()
    await page.getByLabel('About').selectOption('users')
    await page.locator('[data-audit="user.set-up"]').waitFor()
    expect(await page.locator('[data-audit^="group."]').count()).toBe(0)
    expect(new URL(page.url()).searchParams.get('action')).toBe('user.')
  })

  test('brings back a group that was deleted', async () => {
    const { page } = tab
    const { id } = JSON.parse(await ask('POST', '/groups', { name: 'Short lived' })) as { id: string }
    await ask('DELETE', `/groups/${id}`)
    await page.goto(`${product.url}/audit?action=group.`)
    await page.locator('[data-audit="group.delete"]').getByRole('button', { expanded: false }).click()
    await page.getByRole('button', { name: 'Restore Short lived' }).click()
    await page.locator('[data-audit="group.restore"]').waitFor()
    expect(JSON.parse(await ask('GET', `/groups/${id}`))).toMatchObject({ name: 'Short lived' })
  })

  test('is verified, and held against an anchor', async () => {
    const { page } = tab
    await page.goto(`${product.url}/audit`)
    await page.getByRole('button', { name: 'Verify the log' }).click()
    await page.getByText(/All \d+ entries are as they were written/).waitFor()
    await page.getByLabel('Anchor of an earlier verification').fill(`1:${'a'.repeat(64)}`)
    await page.getByRole('button', { name: 'Verify the log' }).click()
    await page.getByText(/Broken at entry 1:/).waitFor()
  })

  test.each([true, false])('39: axe finds nothing serious on it, dark %s', async (dark) => {
    const other = await openTab(browser, { dark })
    await signIn(other.page, product.url)
    await other.page.goto(`${product.url}/audit`)
    await other.page.locator('[data-audit="group.change"]').getByRole('button', { expanded: false }).click()
    await other.page.locator('[data-field="description"]').waitFor()
    expect(await seriousFindings(other.page)).toEqual([])
    expect(other.complaints).toEqual([])
    await other.close()
  })
})
