import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../scripts/postgres/free-port.ts'
import { startFakeProvider, type Exchange, type FakeProvider } from '../support/fakes/provider.ts'
import { startProduct, type Product } from '../support/product.ts'
import { ask, openBrowser, openTab, row, seriousFindings, signIn, waitUntilDone, type Tab } from './browser.ts'

const rightKey = 'example-apiKey'
const wrongKey = 'a-key-that-nobody-knows'
const day = 86_400_000

let browser: Browser
let product: Product
let sql: postgres.Sql
let provider: FakeProvider
let exchanges: Exchange[]
let away: string
let tab: Tab
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  provider = await startFakeProvider()
  away = `127.0.0.1:${await freePort()}`
  product = await startProduct({
    runners: { javascript: 1, python: 0 },
    runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: `${new URL(provider.url).host},${away}` },
  })
  sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
  const examples = await readFile(new URL('../../catalog/virustotal/virustotal/examples.json', import.meta.url), 'utf8')
  exchanges = (JSON.parse(examples) as { exchanges: Exchange[] }[])[0]!.exchanges
  behaveWell()
  await configure({ baseUrl: provider.url })
  tab = await openTab(browser)
  page = tab.page
  await signIn(page, product.url, product.admin)
})
// VirusTotal takes four calls a minute, and these tests make more.
beforeEach(() => sql`delete from sources.quota_uses`)
afterAll(async () => {
  await sql?.end()
  await browser?.close()
  await product?.stop()
  await provider?.close()
})

const behaveWell = () =>
  provider.behave({ exchanges, wrongHeader: { status: 401, body: { error: { message: 'Wrong API key' } } } })

async function api(path: string, method: string, json?: object): Promise<Record<string, unknown>> {
  const answer = await product.api(`/api/v1${path}`, { method, ...(json ? { json } : {}) })
  const text = await answer.text()
  expect(answer.ok, `${path}: ${text}`).toBe(true)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
const configure = (config: object) => api('/sources/virustotal', 'PATCH', { config })
const at = (organization?: string) => (organization ? `?organization=${organization}` : '')
const setKey = (value: string, expiresAt: string | null, organization?: string) =>
  api(`/sources/virustotal/secrets/apiKey${at(organization)}`, 'PUT', { value, expiresAt, test: false })
const isSet = async () => {
  const { secrets } = (await api('/sources/virustotal', 'GET')) as { secrets: { set: boolean }[] }
  return secrets[0]!.set
}

const field = () => page.getByRole('textbox', { name: 'apiKey' })
const save = () => page.getByRole('button', { name: 'Test and save' }).click()
const focused = () => page.evaluate('document.activeElement.id')
const bell = () => page.getByRole('button', { name: /^Notifications/ })

describe('24: a key', () => {
  test('that is wrong is not saved, and the provider’s answer stands at its field', async () => {
    await page.goto(`${product.url}/sources/virustotal`)
    await page.getByText('Not set.').waitFor()
    await field().fill(wrongKey)
    await save()
    const told = page.getByRole('alert')
    await told.waitFor()
    expect(await told.textContent()).toMatch(/Not saved.*VirusTotal.*HTTP 401.*Nothing was saved/)
    expect(await field().getAttribute('aria-invalid')).toBe('true')
    // What was typed is still there to be mended; it is shown nowhere else.
    expect(await field().inputValue()).toBe(wrongKey)
    expect(await page.locator('main').textContent()).not.toContain(wrongKey)
    expect(await isSet()).toBe(false)
    expect(await page.getByText('Ready', { exact: true }).count()).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
  })

  test('that is right is saved, shows what the provider said, and turns the source ready', async () => {
    await field().fill(rightKey)
    await save()
    await page.getByText(/Saved\. VirusTotal takes the key and answered: 64 of 68/).waitFor()
    await page.getByText('Ready', { exact: true }).waitFor()
    await page.getByText('…iKey').waitFor()
    expect(await field().inputValue()).toBe('')
    expect(await isSet()).toBe(true)
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('whose provider is not reached is saved only after a clear question', async () => {
    await api('/sources/virustotal/secrets/apiKey', 'DELETE')
    await configure({ baseUrl: `http://${away}` })
    await page.reload()
    await field().fill(rightKey)
    await save()
    await page.getByText('VirusTotal could not be asked about this key. Save it untested?').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Do not save' }).click()
    await expect.poll(() => page.getByRole('alert').count()).toBe(0)
    expect(await isSet()).toBe(false)
    await save()
    await page.getByRole('button', { name: 'Save untested' }).click()
    await page.getByText('Saved, not tested:').waitFor()
    expect(await isSet()).toBe(true)
  })

  test('takes the day on which it expires, and shows it', async () => {
    await configure({ baseUrl: provider.url })
    const ends = new Date(Date.now() + 60 * day).toISOString().slice(0, 10)
    await page.reload()
    await field().fill(rightKey)
    await page.getByLabel('Expires on, if it does').fill(ends)
    await save()
    await page.getByText(`expires on ${ends}`).waitFor()
  })

  test('is prolonged without its value, or does not end', async () => {
    const later = new Date(Date.now() + 90 * day).toISOString().slice(0, 10)
    await page.getByRole('button', { name: 'Change when it ends' }).click()
    const ends = page.getByLabel('The saved key ends on')
    await ends.fill('2001-01-01')
    await page.getByRole('button', { name: 'Save the day' }).click()
    await page.getByText('expiresAt is in the past').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await ends.fill(later)
    await page.getByRole('button', { name: 'Save the day' }).click()
    await page.getByText(`expires on ${later}`).waitFor()
    await page.getByRole('button', { name: 'Change when it ends' }).click()
    await page.getByRole('button', { name: 'It does not end' }).click()
    await page.getByText(/expires on/).waitFor({ state: 'detached' })
    expect(await isSet()).toBe(true)
  })
})

describe('a key that ends', () => {
  test('rings the bell, whose link lands on the field; another key silences it', async () => {
    await page.goto(product.url)
    await expect.poll(() => bell().getAttribute('aria-label')).toBe('Notifications')
    await setKey(rightKey, new Date(Date.now() + 1_000).toISOString())
    await expect
      .poll(
        async () =>
          ((await api('/notifications', 'GET')) as { items: { kind: string }[] }).items.map((one) => one.kind),
        { timeout: 20_000 },
      )
      .toEqual(['secret-expired'])
    await page.reload()
    await expect.poll(() => bell().getAttribute('aria-label')).toBe('Notifications, 1 open')
    await bell().click()
    const told = page.locator('[data-kind="secret-expired"]')
    expect(await told.textContent()).toMatch(/Key has expired: VirusTotal.*apiKey/)
    expect(await seriousFindings(page)).toEqual([])
    await told.getByRole('link', { name: 'Set apiKey' }).click()
    await page.waitForURL(/\/sources\/virustotal\?at=[0-9a-f-]+#secret-apiKey$/)
    await expect.poll(focused).toBe('secret-apiKey')
    await page.getByText('The saved key has expired').waitFor()
    await field().fill(rightKey)
    await save()
    await page.getByText(/Saved\. VirusTotal takes the key/).waitFor()
    await expect.poll(() => bell().getAttribute('aria-label')).toBe('Notifications')
  })

  test('and is dismissed stays away from one user’s list', async () => {
    await setKey(rightKey, new Date(Date.now() + 3 * day).toISOString())
    await page.goto(product.url)
    await expect.poll(() => bell().getAttribute('aria-label'), { timeout: 20_000 }).toBe('Notifications, 1 open')
    await bell().click()
    await page.getByText('Key expires soon: VirusTotal').waitFor()
    await page.getByRole('button', { name: /^Dismiss/ }).click()
    await page.getByText('Nothing needs to be mended.').waitFor()
    await page.reload()
    await page.getByRole('textbox', { name: /^Paste/ }).waitFor()
    expect(await bell().getAttribute('aria-label')).toBe('Notifications')
    await setKey(rightKey, null)
  })
})

describe('organizations', () => {
  test('show whose key is used, and set one of their own', async () => {
    const { id, name } = (await api('/organizations', 'POST', { name: 'Team Blue' })) as { id: string; name: string }
    await page.goto(`${product.url}/sources/virustotal`)
    await page.getByLabel('As it is in').selectOption({ value: id })
    await page.waitForURL(new RegExp(`at=${id}`))
    await page.getByText(/From Main organization above/).waitFor()
    expect(await page.getByRole('button', { name: 'Remove' }).count()).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
    await field().fill(rightKey)
    await save()
    await page.getByText(/Saved\. VirusTotal takes the key/).waitFor()
    await page.getByRole('button', { name: 'Remove' }).waitFor()
    const below = (await api(`/sources/virustotal${at(id)}`, 'GET')) as { secrets: { inherited: boolean }[] }
    expect(below.secrets[0]).toMatchObject({ inherited: false })
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText(/From Main organization above/).waitFor()
    expect(await page.getByLabel('As it is in').locator('option:checked').textContent()).toContain(name)
  })

  test('have their own state in the list of sources, and a link from it keeps the organization', async () => {
    const { id, name } = (await api('/organizations', 'POST', { name: 'Team Green' })) as { id: string; name: string }
    await api(`/sources/virustotal${at(id)}`, 'PATCH', { enabled: false })
    const row = () => page.locator('[data-source-row=virustotal]')
    await page.goto(`${product.url}/sources`)
    await row().getByText('Disabled').waitFor({ state: 'detached' })
    await page.getByLabel('As it is in').selectOption({ value: id })
    await row().getByText('Disabled').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await row()
      .getByRole('link', { name: /^VirusTotal/ })
      .click()
    await page.waitForURL(new RegExp(`/sources/virustotal\\?at=${id}`))
    expect(await page.getByLabel('As it is in').locator('option:checked').textContent()).toContain(name)
    await page.goBack()
    await page.getByRole('link', { name: 'Ignore lists' }).click()
    await page.waitForURL(new RegExp(`/ignore-lists\\?at=${id}`))
  })

  test('ignore what they and those above them ignore', async () => {
    const { id } = (await api('/organizations', 'POST', { name: 'Team Red' })) as { id: string }
    await api('/ignore-lists', 'POST', { scope: 'global', match: 'suffix', value: 'all.example', reason: 'ours' })
    await page.goto(`${product.url}/ignore-lists?at=${id}`)
    const line = (value: string) => page.getByRole('listitem').filter({ hasText: value })
    await line('all.example')
      .getByText(/from Main organization above/)
      .waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByLabel('Value').fill('red.example')
    await page.getByLabel('Reason').fill('the red ones')
    await page.getByRole('button', { name: 'Ignore it' }).click()
    await line('red.example').waitFor()
    expect(await line('red.example').getByText(/above/).count()).toBe(0)
    await page.getByLabel('As it is in').selectOption({ label: 'Main organization' })
    await line('red.example').waitFor({ state: 'detached' })
    await line('all.example').waitFor()
    expect(await line('all.example').getByText(/above/).count()).toBe(0)
  })
})

describe('10: what failed says why, and its one link lands where it is mended', () => {
  const address = (() => {
    let last = 0
    return () => `45.83.66.${(last += 1)}`
  })()
  const path = (value: string) => `/api/v3/ip_addresses/${value}`
  const answerWith = (value: string, status: number, headers = {}) =>
    provider.behave({
      exchanges: [
        { request: { method: 'GET', path: path(value) }, response: { status, body: {}, headers } } as Exchange,
      ],
    })

  test.each([
    { kind: 'missing key', words: /needs the secret apiKey/, lands: /^secret-apiKey$/ },
    { kind: 'expired key', words: /has expired/, lands: /^secret-apiKey$/ },
    { kind: 'refused key', words: /401/, lands: /^secret-apiKey$/ },
    { kind: 'disabled source', words: /switched off|disabled/i, lands: /^enabled$/ },
    { kind: 'unreachable host', words: /127\.0\.0\.1/, lands: /^config-baseUrl$/ },
    // Last: the provider is left alone from then on.
    { kind: 'too many calls', words: /too many|429|limit/i, lands: /^limits$/ },
  ])('$kind', async ({ kind, words, lands }) => {
    const value = address()
    await api('/sources/virustotal', 'PATCH', { enabled: kind !== 'disabled source' })
    await configure({ baseUrl: kind === 'unreachable host' ? `http://${away}` : provider.url })
    if (kind === 'missing key') await api('/sources/virustotal/secrets/apiKey', 'DELETE')
    else if (kind === 'expired key') {
      await setKey(rightKey, new Date(Date.now() + 500).toISOString())
      await expect
        .poll(async () => ((await api('/sources/virustotal', 'GET')) as { ready: boolean }).ready, { timeout: 20_000 })
        .toBe(false)
    } else await setKey(rightKey, null)
    if (kind === 'refused key') answerWith(value, 401)
    if (kind === 'too many calls') answerWith(value, 429, { 'retry-after': '3000' })
    await ask(page, product.url, value, '?sources=virustotal')
    await waitUntilDone(page)
    const failed = row(page, 'virustotal')
    expect(await failed.textContent()).toMatch(words)
    expect(await failed.getByRole('link').count()).toBe(1)
    await failed.getByRole('link').click()
    await page.waitForURL(/\/sources\/virustotal/)
    await expect
      .poll(async () => (await focused()) || page.evaluate('document.activeElement.closest("[id]").id'))
      .toMatch(lands)
  })
})

test('no page complained to the console', () => {
  expect(tab.complaints).toEqual([])
})
