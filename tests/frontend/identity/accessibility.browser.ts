import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct } from '../../support/product.ts'
import type { Product } from '../../support/product.ts'
import { openBrowser, openTab, seriousFindings, signIn } from '../browser.ts'
import type { Tab } from '../browser.ts'

let product: Product
let browser: Browser
const ids = { user: '', group: '', account: '', organization: '' }

async function make<T extends object = { id: string }>(path: string, json: object): Promise<T> {
  const answer = await product.api(`/api/v1${path}`, { json })
  const text = await answer.text()
  expect(answer.status, text).toBe(201)
  return JSON.parse(text) as T
}

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 } })
  browser = await openBrowser()
  ids.organization = (await make('/organizations', { name: 'North' })).id
  const eve = { email: 'eve@example.org', name: 'Eve', role: 'viewer', organizationId: ids.organization }
  ids.user = (await make<{ user: { id: string } }>('/users', eve)).user.id
  ids.group = (await make('/groups', { name: 'Night shift' })).id
  ids.account = (await make('/service-accounts', { name: 'mail gateway', role: 'viewer' })).id
  await make(`/service-accounts/${ids.account}/api-tokens`, { name: 'production', scopes: ['requests:read'] })
  await make('/role-grants', {
    subjectType: 'group',
    subjectId: ids.group,
    role: 'operator',
    resourceId: ids.organization,
  })
})
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

describe.each([
  { theme: 'dark', dark: true },
  { theme: 'light', dark: false },
])('39: axe finds nothing serious on the pages about who is who, $theme', ({ dark }) => {
  let tab: Tab
  beforeAll(async () => {
    tab = await openTab(browser, { dark })
    await signIn(tab.page, product.url, product.admin)
  })
  afterAll(() => tab?.close())

  test.each([
    '/users',
    '/users?new=true',
    '/users/:user',
    '/groups',
    '/groups/:group',
    '/service-accounts',
    '/service-accounts/:account',
    '/organizations',
    '/organizations/:organization',
    '/roles?granted=true',
    '/profile',
    '/tokens',
    '/set-password#token=x',
    '/sign-in?ended=true',
  ])('on %s', async (path) => {
    const { page } = tab
    await page.goto(product.url + path.replace(/:(\w+)/, (_all, name: keyof typeof ids) => ids[name]))
    await page.getByRole('heading', { level: 1 }).or(page.getByRole('dialog').getByLabel('E-mail')).first().waitFor()
    await page.waitForLoadState('networkidle')
    expect(await seriousFindings(page)).toEqual([])
  })

  test('a state is told by a word, not by a colour alone', async () => {
    await tab.page.goto(`${product.url}/users`)
    await tab.page.locator('[data-user="eve@example.org"]').getByText('Invited').waitFor()
  })
})
