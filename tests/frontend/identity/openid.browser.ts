import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../scripts/postgres/free-port.ts'
import { startOpenIdProvider } from '../../support/openid-provider.ts'
import type { StartedOpenIdProvider } from '../../support/openid-provider.ts'
import { startProduct } from '../../support/product.ts'
import type { Product } from '../../support/product.ts'
import { openBrowser, openTab, pasteBox, seriousFindings } from '../browser.ts'
import type { Tab } from '../browser.ts'

const secret = 'a secret of the client'

describe('32: sign-in by a real OpenID provider in a real browser', () => {
  let op: StartedOpenIdProvider
  let product: Product
  let browser: Browser
  let admin: Tab
  let url: string
  beforeAll(async () => {
    product = await startProduct({ runners: { javascript: 1, python: 0 } })
    // The public URL names localhost: what the provider is told comes from there, not from the address of the socket.
    url = `http://localhost:${new URL(product.url).port}`
    const redirectUris = ['company', 'strict'].map((slug) => `${url}/auth/openid/${slug}/callback`)
    op = await startOpenIdProvider({
      clients: [
        { id: 'indag', secret, redirectUris },
        { id: 'lost', secret, redirectUris: ['http://elsewhere.test/'] },
      ],
      accounts: { alice: { name: 'Alice Adams', groups: ['staff'] } },
    })
    browser = await openBrowser()
    admin = await openTab(browser)
    await admin.page.goto(`${url}/sign-in`)
    await admin.page.getByLabel('E-mail').fill(product.admin.email)
    await admin.page.getByLabel('Password').fill(product.admin.password)
    await admin.page.getByRole('button', { name: 'Sign in' }).click()
    await pasteBox(admin.page).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await op?.stop()
  })

  /** At the provider: types a login and consents. */
  async function comeAs(page: Page, login: string): Promise<void> {
    await page.getByPlaceholder('Enter any login').fill(login)
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  async function make(slug: string, settings: object): Promise<void> {
    const shared = { name: slug, issuer: op.issuer, clientId: 'indag', clientSecret: secret, provisioning: 'create' }
    const answer = await product.api('/api/v1/openid-providers', { json: { ...shared, ...settings, slug } })
    expect(answer.status, await answer.text()).toBe(201)
  }

  async function seenByTheme(page: Page): Promise<string[]> {
    const findings: string[] = []
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      findings.push(...(await seriousFindings(page)))
    }
    return findings
  }

  test('the page makes a provider, and its tester finds what is wrong before anything is saved', async () => {
    const { page } = admin
    await page.goto(`${url}/openid-providers`)
    await page.getByText('No provider yet').waitFor()
    expect(await seenByTheme(page)).toEqual([])
    await page.getByRole('button', { name: 'New provider' }).click()
    await page.getByLabel('Name').fill('Company')
    await page.getByLabel('Slug').fill('company')
    await page.getByLabel('Issuer').fill(op.issuer)
    await page.getByLabel('Client id').fill('indag')
    await page.getByLabel('Client secret').fill('not the secret')
    await page.getByLabel('Scopes').fill('openid email profile groups')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('One of these values').fill('staff')
    await page.getByLabel('Role').selectOption('editor')
    await page.getByLabel('Make a user at the first sign-in').check()
    await page.getByRole('button', { name: 'Test the provider' }).click()
    const check = (name: string) => page.locator(`[data-check="${name}"]`)
    await check('client').getByText('refuses the client id or the client secret').waitFor()
    await page.getByLabel('Client secret').fill(secret)
    await page.getByRole('button', { name: 'Test the provider' }).click()
    await page.locator('[data-check="client"][data-state="ok"]').waitFor()
    for (const name of ['discovery', 'endpoints', 'keys', 'redirect']) {
      expect(await check(name).getAttribute('data-state'), name).toBe('ok')
    }
    expect(await seenByTheme(page)).toEqual([])
  })

  test('a person tries the unsaved settings: claims, rule and role are shown, and nobody is made or signed in', async () => {
    const { page } = admin
    await page.getByRole('button', { name: 'Try it with a person' }).click()
    const tab = page.context().waitForEvent('page')
    await page.getByRole('link', { name: 'Continue at the provider' }).click()
    const there = await tab
    await comeAs(there, 'alice')
    await there.locator('[data-trial="company"]').getByText('A user would be made').waitFor()
    await page.bringToFront()
    const report = page.locator('[data-trial="company"]')
    await report.locator('[data-role="editor"]').waitFor()
    const text = (await report.textContent()) ?? ''
    expect(text).toContain('Role editor by rule 1')
    expect(text).toContain('"email": "alice@example.org"')
    expect(text).toContain('Alice Adams')
    expect(await seenByTheme(page)).toEqual([])
    await there.close()
    const users = (await (await product.api('/api/v1/users')).json()) as { items: { email: string }[] }
    expect(users.items.map(({ email }) => email)).toEqual([product.admin.email])
    expect(await (await product.api('/api/v1/openid-providers')).json()).toEqual({ items: [] })
  })

  test('saved, its button signs a person in and leads back to the page that they wanted', async () => {
    await admin.page.getByRole('button', { name: 'Save provider' }).click()
    await admin.page.getByText('Saved Company').waitFor()
    const { page, complaints, close } = await openTab(browser)
    await page.goto(`${url}/history`)
    const button = page.getByRole('link', { name: 'Sign in with Company' })
    await button.waitFor()
    expect(await seenByTheme(page)).toEqual([])
    await button.click()
    await comeAs(page, 'alice')
    await page.waitForURL(`${url}/history`)
    await page.getByRole('button', { name: 'Profile' }).click()
    await page.getByText('alice@example.org · editor').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  const refused = async (slug: string, login?: string) => {
    const tab = await openTab(browser)
    await tab.page.goto(`${url}/sign-in`)
    await tab.page.getByRole('link', { name: `Sign in with ${slug}` }).click()
    if (login) await comeAs(tab.page, login)
    const notice = tab.page.locator('[data-problem]')
    await notice.waitFor()
    const seen = { code: await notice.getAttribute('data-problem'), text: await notice.textContent() }
    expect(await seenByTheme(tab.page)).toEqual([])
    // The password is always there.
    await tab.page.getByLabel('Password').waitFor()
    await tab.close()
    return seen
  }

  test('an issuer that is away says so', async () => {
    await make('gone', { issuer: `http://127.0.0.1:${await freePort()}` })
    const { code, text } = await refused('gone')
    expect(code).toBe('openid-issuer')
    expect(text).toContain('cannot be reached (ECONNREFUSED)')
  })

  test('a redirect URI that the provider refuses is shown to the letter', async () => {
    await make('lost', { clientId: 'lost' })
    const { code, text } = await refused('lost')
    expect(code).toBe('openid-redirect')
    expect(text).toContain(`${url}/auth/openid/lost/callback`)
  })

  test('a claim that is missing is named, with those that were sent', async () => {
    const rules = [{ claim: 'department', operator: 'equals', values: ['security'], role: 'viewer' }]
    await make('strict', { rules })
    const { code, text } = await refused('strict', 'bob')
    expect(code).toBe('openid-claim')
    expect(text).toMatch(/did not send the claim "department".*It sent:.*email/)
  })

  test('a disabled user is told so', async () => {
    const { items } = (await (await product.api('/api/v1/users?q=alice')).json()) as { items: { id: string }[] }
    const answer = await product.api(`/api/v1/users/${items[0]!.id}`, { method: 'PATCH', json: { disabled: true } })
    expect(answer.status).toBe(200)
    const { code, text } = await refused('Company', 'alice')
    expect(code).toBe('user-disabled')
    expect(text).toContain('Your account here is disabled')
  })

  test('what stands in the address is not what is shown', async () => {
    const { page, close } = await openTab(browser)
    await page.goto(`${url}/sign-in?problem=${encodeURIComponent('Call 555 to sign in')}`)
    await page.getByLabel('Password').waitFor()
    expect(await page.locator('[data-problem]').count()).toBe(0)
    expect(await page.textContent('main')).not.toContain('555')
    await page.goto(`${url}/sign-in?problem=openid-expired`)
    await page.getByText('begun in another browser').waitFor()
    await close()
  })
})
