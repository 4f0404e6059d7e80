import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct } from '../../support/product.ts'
import type { Product } from '../../support/product.ts'
import { ADMIN, fillSignIn, openBrowser, openTab, pasteBox, setUp, signIn } from '../browser.ts'
import type { Tab } from '../browser.ts'

const EVE = { email: 'eve@example.org', password: 'a long walk in the rain' }

/** What a shell prints; INDAG_TOKEN is set as the snippets say. */
async function shell(command: string, token = ''): Promise<Record<string, unknown>> {
  const env = { PATH: process.env['PATH'], INDAG_TOKEN: token }
  const { stdout } = await promisify(execFile)('bash', ['-c', command], { env, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as Record<string, unknown>
}
const shownOnce = async (page: Page) => (await page.locator('[data-shown-once]').textContent()) ?? ''
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const alert = (page: Page, words: RegExp) => page.getByRole('alert').getByText(words).first().waitFor()
const toast = (page: Page, words: RegExp) => page.getByText(words).first().waitFor()

describe('Who is who, in a real browser with the real product', () => {
  let product: Product
  let browser: Browser
  let admin: Tab
  let eve: Tab
  let eveId: string
  const open = (page: Page, path: string) => page.goto(product.url + path)
  const openEve = () => open(admin.page, `/users/${eveId}`)

  beforeAll(async () => {
    product = await startProduct({ admin: false, runners: { javascript: 1, python: 0 } })
    browser = await openBrowser()
    admin = await openTab(browser)
    eve = await openTab(browser)
    await setUp(admin.page, `${product.url}/setup${new URL(product.setupUrl ?? '').hash}`)
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })

  test('an administrator creates an organization, found by the navigation', async () => {
    const { page } = admin
    await page.getByRole('link', { name: 'Administration' }).click()
    await page.getByRole('link', { name: 'Organizations' }).click()
    await press(page, 'New organization')
    await field(page, 'Name').fill('North')
    await press(page, 'Create organization')
    await page.locator('[data-organization="north"][data-level="1"]').waitFor()
  })

  test('she invites an editor into it, and gets a link that is shown once', async () => {
    const { page } = admin
    await page.getByRole('link', { name: 'Users' }).click()
    await press(page, 'Invite a user')
    await field(page, 'E-mail').fill(EVE.email)
    await field(page, 'Name').fill('Eve Editor')
    await page.getByRole('dialog').getByLabel('Role', { exact: true }).selectOption('editor')
    await page.getByRole('dialog').getByLabel('Organization').selectOption({ label: '\u2003North' })
    await press(page, 'Make the invitation')
    const link = new URL(await shownOnce(page))
    expect(link.pathname + link.search).toBe('/set-password')
    expect(link.hash).toMatch(/^#token=\S{20,}/)
    await press(page, 'Done')
    await page.locator(`[data-user="${EVE.email}"] [data-state="Invited"]`).waitFor()
    expect(await page.locator('[data-shown-once]').count()).toBe(0)
    await eve.page.goto(`${product.url}/set-password${link.hash}`)
  })

  test('the editor accepts in another browser, and is in', async () => {
    const { page } = eve
    await field(page, 'New password').fill('short')
    await field(page, 'The same again').fill('short')
    await press(page, 'Set password and sign in')
    await alert(page, /12 are needed/)
    await field(page, 'New password').fill(EVE.password)
    await field(page, 'The same again').fill(EVE.password)
    const link = page.url()
    await press(page, 'Set password and sign in')
    await pasteBox(page).waitFor()
    const third = await openTab(browser)
    await third.page.goto(link)
    await field(third.page, 'New password').fill(EVE.password)
    await field(third.page, 'The same again').fill(EVE.password)
    await press(third.page, 'Set password and sign in')
    await alert(third.page, /used already/)
    await third.close()
  })

  test('she is offered only what she may, and a page tried by its address names the permission', async () => {
    const { page } = eve
    await page.getByRole('link', { name: 'Administration' }).click()
    const offered = page.getByRole('navigation', { name: 'Administration' }).getByRole('link')
    const names = async () => (await offered.allTextContents()).map((name) => name.trim())
    await expect.poll(names).toEqual(['Organizations', 'Roles'])
    await page.locator('[data-organization="north"]').waitFor()
    expect(await page.getByRole('button', { name: 'New organization' }).count()).toBe(0)
    await open(page, '/users')
    await page.getByRole('heading', { name: 'You may not open this' }).waitFor()
    const words = page.getByRole('main')
    await words.getByText('org-admin and super-admin').waitFor()
    expect(await words.textContent()).toMatch(/users:read.*You are editor in North.*administrator of North/)
  })

  test('she creates a token, and its curl runs for each of its scopes; a taken name is said at the field', async () => {
    const { page } = eve
    await page.getByRole('link', { name: 'Tokens' }).click()
    await field(page, 'Name').fill('ci')
    await field(page, 'tokens:write').check()
    await press(page, 'Create token')
    const token = await shownOnce(page)
    const tries = await field(page, 'Try it with').locator('option').allTextContents()
    expect(tries).toEqual(['requests:write', 'requests:read', 'sources:read'])
    for (const scope of tries) {
      await field(page, 'Try it with').selectOption(scope)
      await press(page, 'Copy curl command')
      const command = (await page.evaluate('navigator.clipboard.readText()')) as string
      expect(command).toContain(token)
      expect(await shell(command), scope).not.toHaveProperty('code')
    }
    await field(page, 'Name').fill('ci')
    await press(page, 'Create token')
    await page.locator('input[aria-invalid="true"]').waitFor()
    await page
      .getByText(/is the name of another token/)
      .first()
      .waitFor()
    await field(page, 'Name').fill('made by a program')
    await press(page, 'API')
    const snippet = (await page.getByRole('dialog').locator('pre').textContent()) ?? ''
    expect(await shell(snippet, token)).toMatchObject({ name: 'made by a program', state: 'active' })
    await page.keyboard.press('Escape')
  })

  test('a revoked token is refused in words of its own', async () => {
    const { page } = eve
    await page.getByLabel('curl command', { exact: true }).waitFor()
    const command = (await page.getByLabel('curl command', { exact: true }).textContent()) ?? ''
    const line = page.locator('[data-token="ci"]')
    await line.getByRole('button', { name: 'Revoke' }).click()
    await line.getByRole('button', { name: 'Yes, revoke it' }).click()
    await page.locator('[data-token="ci"][data-state="revoked"]').waitFor()
    const refusal = await shell(command)
    expect(refusal).toMatchObject({ status: 401, code: 'token-revoked' })
    expect(String(refusal['detail'])).toMatch(/The token "ci" was revoked/)
  })

  test('her page explains what she may do where, and why', async () => {
    const { page } = admin
    await page.locator(`[data-user="${EVE.email}"]`).getByRole('link', { name: 'Eve Editor' }).click()
    eveId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    await page.locator('[data-permission="sources:write"]').getByText('editor, own role').waitFor()
    await page.locator('[data-permission="users:read"]').getByText('no', { exact: true }).waitFor()
    await field(page, 'In the organization').selectOption({ label: 'Main organization' })
    await page.locator('[data-permission="sources:write"]').getByText('no', { exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('at')).toBeTruthy()
    await field(page, 'Role to grant').selectOption('maintainer')
    await field(page, 'On').selectOption({ label: 'Main organization' })
    await press(page, 'Grant the role')
    await page.locator('[data-permission="sources:write"]').getByText('maintainer, granted').waitFor()
    await press(page, 'Take back maintainer')
    await press(page, 'Yes, take it')
    await page.locator('[data-permission="sources:write"]').getByText('no', { exact: true }).waitFor()
  })

  test('a group gives its members a role; the organization says who has it, and from where', async () => {
    const { page } = admin
    await open(page, '/groups?new=true')
    await field(page, 'Name').fill('Night shift')
    await press(page, 'Create group')
    await page.getByRole('heading', { name: 'Night shift' }).waitFor()
    await page.getByRole('searchbox', { name: /^Add somebody/ }).fill('eve')
    await press(page, 'Add Eve Editor')
    await page.getByRole('list', { name: 'Members' }).getByText('Eve Editor').waitFor()
    await press(page, 'Grant the role')
    await page.locator('[data-grant="viewer"]').waitFor()
    await open(page, '/organizations')
    await page.locator('[data-organization="north"]').click()
    await page.locator('[data-holder="Eve Editor"]').getByText('at home here').waitFor()
    const group = page.locator('[data-holder="Night shift"]')
    expect(await group.textContent()).toMatch(/viewer.*inherited, granted in Main organization/)
    await openEve()
    await page.getByText('(by the group Night shift)').waitFor()
  })

  test('an organization is moved, archived and restored', async () => {
    const { page } = admin
    await open(page, '/organizations?new=true')
    await field(page, 'Name').fill('Harbour')
    await press(page, 'Create organization')
    await page.locator('[data-organization="harbour"][data-level="1"]').click()
    await field(page, 'Below').selectOption({ label: '\u2003North' })
    await press(page, 'Save changes')
    await page.getByRole('main').getByRole('link', { name: 'North' }).first().waitFor()
    await press(page, 'Archive')
    await press(page, 'Yes, archive it')
    await page.getByText('archived: it is read only').waitFor()
    await press(page, 'Restore')
    await page.getByRole('button', { name: 'Archive', exact: true }).waitFor()
    await page.getByRole('link', { name: 'Organizations' }).first().click()
    await page.locator('[data-organization="harbour"][data-level="2"]').waitFor()
  })

  test('a service account has tokens of its own, and is refused when it is disabled', async () => {
    const { page } = admin
    await open(page, '/service-accounts?new=true')
    await field(page, 'Name').fill('mail gateway')
    await press(page, 'Create service account')
    await page.getByRole('heading', { name: 'mail gateway', level: 1 }).waitFor()
    await field(page, 'Name').first().fill('production')
    await press(page, 'Create token')
    const command = (await page.getByLabel('curl command', { exact: true }).textContent()) ?? ''
    expect(await shell(command)).toMatchObject({ state: 'done' })
    await press(page, 'Disable')
    await press(page, 'Yes, disable')
    await page.locator('[data-state="Disabled"]').waitFor()
    expect(await shell(command)).toMatchObject({ status: 401, code: 'token-revoked' })
  })

  test('signed out everywhere by an administrator, she is out at the next click, told so, and led back', async () => {
    await openEve()
    await press(admin.page, 'Sign out everywhere')
    await press(admin.page, 'Yes, everywhere')
    await toast(admin.page, /Signed Eve Editor out/)
    await eve.page.getByRole('link', { name: 'Sources' }).first().click()
    await eve.page.getByText('Your session has ended. Sign in again.').waitFor()
    await fillSignIn(eve.page, EVE)
    await eve.page.waitForURL(/\/(sources|tokens)/)
  })

  test('a reset link lets her choose another password; the old one is no good', async () => {
    await openEve()
    await press(admin.page, 'Make a reset link')
    const { hash } = new URL(await shownOnce(admin.page))
    await admin.page.keyboard.press('Escape')
    await open(eve.page, `/set-password${hash}`)
    await field(eve.page, 'New password').fill('another walk in the snow')
    await field(eve.page, 'The same again').fill('another walk in the snow')
    await press(eve.page, 'Set password and sign in')
    await pasteBox(eve.page).waitFor()
    const third = await openTab(browser)
    await open(third.page, '/sign-in')
    await fillSignIn(third.page, EVE)
    await alert(third.page, /E-mail or password is wrong/)
    await third.close()
  })

  test('disabled, she is out at the next click, and the right words say why she cannot come back', async () => {
    await openEve()
    await press(admin.page, 'Disable')
    await press(admin.page, 'Yes, disable')
    await admin.page.locator('[data-state="Disabled"]').waitFor()
    await eve.page.getByRole('link', { name: 'History' }).first().click()
    await eve.page.getByText('Your session has ended. Sign in again.').waitFor()
    await fillSignIn(eve.page, { ...EVE, password: 'another walk in the snow' })
    await alert(eve.page, /This account is disabled. Ask an administrator/)
  })

  test('the last administrator cannot be demoted, nor disable herself', async () => {
    const { page } = admin
    await open(page, '/users?q=ada')
    await page.getByRole('link', { name: ADMIN.name }).click()
    await field(page, 'Role').selectOption('viewer')
    await press(page, 'Save changes')
    await alert(page, /last enabled super-admin/)
    await press(page, 'Disable')
    await press(page, 'Yes, disable')
    await page
      .getByRole('dialog')
      .getByText(/cannot disable yourself/)
      .waitFor()
    await page.keyboard.press('Escape')
    await page.locator('main [data-state="Active"]').waitFor()
  })

  test('one’s own sessions: one is signed out, then all others', async () => {
    const others = [await openTab(browser), await openTab(browser)]
    for (const { page } of others) await signIn(page, product.url)
    const { page } = admin
    await press(page, 'Profile')
    await page.getByRole('menuitem', { name: 'Profile and sessions' }).click()
    const lines = page.locator('[data-session]')
    await expect.poll(() => lines.count()).toBe(3)
    expect(await lines.filter({ hasText: 'this one' }).count()).toBe(1)
    await lines.getByRole('button', { name: 'Sign out', exact: true }).first().click()
    await press(page, 'Yes, sign out')
    await expect.poll(() => lines.count()).toBe(2)
    await press(page, 'Sign out all others')
    await press(page, 'Yes, all others')
    await page.getByText('This browser alone is signed in.').waitFor()
    for (const other of others) {
      await other.page.getByRole('link', { name: 'Sources' }).first().click()
      await other.page.getByText('Your session has ended.').waitFor()
      await other.close()
    }
  })

  test('the keyboard stays in a dialog, Esc closes it, and the focus is back where it was', async () => {
    const { page } = admin
    await open(page, '/users')
    const invite = page.getByRole('button', { name: 'Invite a user' })
    await invite.focus()
    await page.keyboard.press('Enter')
    await field(page, 'E-mail').waitFor()
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab')
      // At either end a guard has the focus for a moment, before it is passed on.
      await expect.poll(() => page.evaluate('document.activeElement.closest("[role=dialog]") !== null')).toBe(true)
    }
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate('document.activeElement.textContent.trim()')).toBe('Invite a user')
    expect(new URL(page.url()).search).toBe('')
  })

  test('no page complained to the console', () => {
    expect([...admin.complaints, ...eve.complaints]).toEqual([])
  })
})
