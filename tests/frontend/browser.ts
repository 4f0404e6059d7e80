import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'

export const CHROMIUM = '/usr/bin/chromium'

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic']

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet],
  })
}

export type Tab = { page: Page; complaints: string[]; close: () => Promise<void> }

/** A page of its own session; `complaints` gathers what the console calls an error, policy violations among them. */
export async function openTab(browser: Browser, options: { dark?: boolean; width?: number } = {}): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 800 },
    colorScheme: options.dark === false ? 'light' : 'dark',
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    // A refused call is news to the console, and often the point of the test.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints, close: () => context.close() }
}

export const ADMIN = { name: 'Ada Admin', email: 'ada@example.org', password: 'a sentence that is long enough' }

export async function setUp(page: Page, setupUrl: string) {
  await page.goto(setupUrl)
  await page.getByLabel('Your name').fill(ADMIN.name)
  await page.getByLabel('E-mail').fill(ADMIN.email)
  await page.getByLabel('Password').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Create and sign in' }).click()
  await page.getByRole('textbox', { name: /^Paste anything/ }).waitFor()
}

export type Account = { email: string; password: string }

export async function signIn(page: Page, url: string, account: Account = ADMIN) {
  await page.goto(`${url}/sign-in`)
  await fillSignIn(page, account)
  await page.getByRole('textbox', { name: /^Paste anything/ }).waitFor()
}

/** On the sign-in page, wherever that leads. */
export async function fillSignIn(page: Page, { email, password }: Account) {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export const pasteBox = (page: Page) => page.getByRole('textbox', { name: /^Paste anything/ })
export const header = (page: Page, state: string) => page.locator(`[data-count="${state}"]`)
export const row = (page: Page, slug: string) => page.locator(`[data-row="${slug}"]`)

/** Pastes, waits for the preview, runs; ends on the request's page. Returns the id of the request. */
export async function ask(page: Page, url: string, text: string, query = ''): Promise<string> {
  await page.goto(`${url}/${query}`)
  await pasteBox(page).fill(text)
  await page.getByLabel('Exposure preview').waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.waitForURL(/\/requests\//)
  await header(page, 'pending').waitFor()
  return new URL(page.url()).pathname.split('/').at(-1) ?? ''
}

export async function waitUntilDone(page: Page) {
  await page.getByText('Every source has ended.').waitFor({ timeout: 45_000 })
}

/** Every link of the page's content, as the browser resolved it. */
export async function linksOf(page: Page) {
  const script = "[...document.querySelectorAll('main a[href]')].map(({ href, rel }) => ({ href, rel }))"
  return (await page.evaluate(script)) as { href: string; rel: string }[]
}

type AxeFinding = { id: string; impact: string | null; nodes: { target: string[]; failureSummary?: string }[] }
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** The serious and critical findings of axe on the page, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The policy of the page forbids added scripts, so axe goes in through the debugger, where no policy applies.
  if (!(await page.evaluate('typeof axe === "object"'))) {
    const { readFile } = await import('node:fs/promises')
    await page.evaluate(await readFile(axePath, 'utf8'))
  }
  const { violations } = (await page.evaluate('axe.run()')) as { violations: AxeFinding[] }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`))
}
