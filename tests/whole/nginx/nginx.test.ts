import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestView } from '../../../backend/app/api.ts'
import { nginxProgram, startNginx, type StartedNginx } from '../../support/nginx.ts'
import { startProduct, type Product } from '../../support/product.ts'
import { json, startProvider, type Provider } from '../../support/provider.ts'

type Row = RequestView['indicators'][number]['rows'][number]

/** The real nginx with the shipped files, two real backends and both runners behind it. */
const [frontend, vite] = ['../../../frontend', '../../../node_modules/vite/bin/vite.js'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
) as [string, string]
const skipped = nginxProgram === null ? ' (skipped: no nginx is installed)' : ''

describe.skipIf(nginxProgram === null)(`NGINX before the product${skipped}`, () => {
  let product: Product
  let nginx: StartedNginx
  let pageFolder: string
  let provider: Provider

  beforeAll(async () => {
    // Built anew: a fresh clone has no frontend/dist, and an old one would test an old page.
    pageFolder = mkdtempSync(join(tmpdir(), 'indag-page-'))
    await promisify(execFile)(process.execPath, [vite, 'build', frontend, '--outDir', pageFolder, '--emptyOutDir'])
    product = await startProduct({ backends: 2, runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' } })
    nginx = await startNginx({ backends: product.backends.map(({ url }) => url), pageFolder })
    provider = await startProvider()
    const set = await api('/api/v1/sources/internetdb', {
      method: 'PATCH',
      json: { config: { baseUrl: provider.url } },
    })
    expect(set.status, await set.clone().text()).toBe(200)
  }, 120_000)

  afterAll(async () => {
    await nginx?.stop()
    await product?.stop()
    await provider?.stop()
    rmSync(pageFolder, { recursive: true, force: true })
  })

  function api(path: string, { json: body, ...init }: RequestInit & { json?: unknown } = {}): Promise<Response> {
    return fetch(nginx.url + path, {
      ...init,
      ...(body === undefined ? {} : { method: init.method ?? 'POST', body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${product.admin.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(init.headers as Record<string, string>),
      },
    })
  }

  /** A request whose online source answers only after `release`; its local one has ended. */
  async function stalledRequest(address: string): Promise<{ id: string; release(): void }> {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    provider.answer(
      (_call, response) =>
        void held.then(() => json(response, { ports: [80], hostnames: [], cpes: [], vulns: [], tags: [] })),
    )
    const answer = await api('/api/v1/requests', {
      json: { indicators: [address], sources: ['internetdb', 'address-class'] },
    })
    expect(answer.status, await answer.clone().text()).toBe(202)
    return { id: ((await answer.json()) as RequestView).id, release }
  }

  describe('the page', () => {
    test('is served at its root and at every address of its own, fresh each time', async () => {
      const root = await fetch(`${nginx.url}/`)
      const deep = await fetch(`${nginx.url}/requests/0190a000-0000-7000-8000-000000000000?tab=rows`)
      expect(deep.status).toBe(200)
      expect(root.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(await deep.text()).toBe(await root.text())
      expect(deep.headers.get('cache-control')).toBe('no-cache')
    })

    test('has the security headers that the backend sends with it, and no others that differ', async () => {
      const ours = await fetch(`${nginx.url}/`)
      const theirs = await fetch(`${product.url}/`)
      const ofTransport = new Set([
        'cache-control',
        'date',
        'connection',
        'keep-alive',
        'content-length',
        'transfer-encoding',
        'x-trace-id',
        'content-type',
        'vary',
        'server',
        'etag',
        'last-modified',
        'accept-ranges',
        'content-encoding',
      ])
      const told = (answer: Response) => [...answer.headers].filter(([name]) => !ofTransport.has(name))
      // NGINX says it of the page, whether or not the backend does.
      expect(ours.headers.get('permissions-policy')).toContain('camera=()')
      const ofPage = (answer: Response) => told(answer).filter(([name]) => name !== 'permissions-policy')
      expect(ofPage(ours)).toEqual(ofPage(theirs))
      expect(ours.headers.get('content-security-policy')).toContain("script-src 'self'")
      expect(ours.headers.get('content-security-policy')).not.toContain('unsafe')
      expect(ours.headers.get('server')).toBe('nginx')
    })

    test('keeps its hashed files for ever, and compresses them', async () => {
      const script = readdirSync(`${pageFolder}/assets`).find((name) => /^index-.*\.js$/.test(name))!
      const answer = await fetch(`${nginx.url}/assets/${script}`)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(answer.headers.get('content-type')).toContain('javascript')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('content-encoding')).toBe('gzip')
    })

    test('a file that is not there is 404 and not remembered', async () => {
      const answer = await fetch(`${nginx.url}/assets/index-00000000.js`)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('cache-control')).toBeNull()
    })

    test('what is beside the page is never served', async () => {
      const index = await (await fetch(`${nginx.url}/`)).text()
      for (const path of ['/..%2findex.html', '/assets/..%2f..%2fpackage.json', '/.git/config']) {
        const answer = await fetch(nginx.url + path)
        const text = await answer.text()
        expect(answer.status === 200 ? text === index : answer.status >= 400, path).toBe(true)
      }
    })
  })

  describe('the API', () => {
    test('answers with a token, with the headers of the backend once and no others', async () => {
      const through = await api('/api/v1/sources')
      const direct = await product.api('/api/v1/sources')
      expect(through.status).toBe(200)
      expect(await through.json()).toEqual(await direct.json())
      for (const name of [
        'content-security-policy',
        'x-frame-options',
        'x-content-type-options',
        'referrer-policy',
        'cache-control',
      ])
        expect(through.headers.get(name), name).toBe(direct.headers.get(name))
    })

    test('refuses without a token, in the words of the backend and in the trace of the caller', async () => {
      const headers = { traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01' }
      const [through, direct] = await Promise.all(
        [nginx.url, product.url].map((base) => fetch(`${base}/api/v1/sources`, { headers })),
      )
      expect(through!.status).toBe(401)
      expect(through!.headers.get('content-type')).toBe('application/problem+json')
      const problem = await through!.text()
      expect(problem).toBe(await direct!.text())
      expect(JSON.parse(problem)).toMatchObject({
        code: 'unauthenticated',
        traceId: '0123456789abcdef0123456789abcdef',
      })
    })

    test('passes a problem of a bad body unchanged', async () => {
      const answer = await api('/api/v1/requests', { json: { indicators: ['1.1.1.1'], sources: ['no-such-source'] } })
      expect(answer.status).toBe(422)
      expect(await answer.json()).toMatchObject({ code: 'invalid-input', errors: [{ path: 'sources.0' }] })
    })

    test('takes a body up to the limit of the backend, and refuses the byte after it as the backend does', async () => {
      const frame = JSON.stringify({ text: '' })
      const body = (sizeBytes: number) => `{"text":"${' '.repeat(sizeBytes - frame.length)}"}`
      const post = (base: string, sizeBytes: number) =>
        fetch(`${base}/api/v1/indicators/extract`, {
          method: 'POST',
          body: body(sizeBytes),
          headers: { authorization: `Bearer ${product.admin.token}`, 'content-type': 'application/json' },
        })
      const most = 4 * 1024 * 1024
      expect((await post(nginx.url, most)).status).toBe((await post(product.url, most)).status)
      expect((await post(nginx.url, most)).status).not.toBe(413)
      const refused = await post(nginx.url, most + 1)
      expect(refused.status).toBe(413)
      expect(refused.headers.get('content-type')).toBe('application/problem+json')
      expect(await refused.json()).toMatchObject({
        status: 413,
        code: 'too-large',
        errors: [{ path: 'body' }],
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      })
      expect(await (await post(product.url, most + 1)).json()).toMatchObject({
        status: 413,
        code: 'too-large',
        errors: [{ path: 'body' }],
      })
    })

    test('tells of health and of itself, but not the metrics', async () => {
      for (const path of ['/livez', '/readyz', '/openapi.json']) {
        const answer = await fetch(nginx.url + path)
        expect(answer.status, path).toBe(200)
        expect(answer.headers.get('content-type'), path).toContain('application/json')
      }
      expect((await product.api('/metrics')).status).toBe(200)
      for (const path of ['/metrics', '/metrics?x', '//metrics', '/assets/../metrics']) {
        const answer = await fetch(nginx.url + path)
        expect(answer.status, path).toBe(404)
      }
    })

    test('signs a browser in', async () => {
      const answer = await fetch(`${nginx.url}/auth/sign-in`, {
        method: 'POST',
        body: JSON.stringify({ email: product.admin.email, password: product.admin.password }),
        headers: { 'content-type': 'application/json', origin: nginx.url },
      })
      expect(answer.status, await answer.clone().text()).toBe(200)
      expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly/)
    })

    test('the access log has trace ids, and neither queries nor tokens', async () => {
      const answer = await api('/api/v1/requests?q=secret-indicator.example')
      expect(answer.status).toBe(200)
      const traceId = answer.headers.get('x-trace-id')
      await expect
        .poll(() => nginx.accessLog().find((line) => line.traceId === traceId))
        .toMatchObject({ path: '/api/v1/requests', status: 200 })
      const text = JSON.stringify(nginx.accessLog())
      expect(text).not.toContain('secret-indicator')
      expect(text).not.toContain(product.admin.token)
    })
  })

  describe('an event stream', () => {
    test('arrives event by event: what is known comes while a source is still silent', async () => {
      const { id, release } = await stalledRequest('8.7.1.1')
      const stream = await openStream(`${nginx.url}/api/v1/requests/${id}/events`, product.admin.token)
      const first = await stream.readUntil((text) => /event: row[^]*address-class/.test(text))
      expect(first).not.toContain('event: done')
      expect(((await (await api(`/api/v1/requests/${id}`)).json()) as RequestView).state).toBe('running')
      release()
      const rest = await stream.readUntil((text) => text.includes('event: done'))
      expect(rest).toContain('internetdb')
      await stream.end()
    })

    test('goes on through a reload and loses nothing, while others are served by new workers', async () => {
      const { id, release } = await stalledRequest('8.7.1.2')
      const stream = await openStream(`${nginx.url}/api/v1/requests/${id}/events`, product.admin.token)
      await stream.readUntil((text) => /event: row[^]*address-class/.test(text))
      const before = nginx.workers()
      const statuses: number[] = []
      let reloaded = false
      const others = (async () => {
        while (!reloaded || statuses.length < 20) statuses.push(await statusOnNewConnection(`${nginx.url}/readyz`))
      })()
      await nginx.reload()
      reloaded = true
      await others
      expect(statuses.filter((status) => status !== 200)).toEqual([])
      // The worker that holds the stream is one of before.
      expect(nginx.workers().some((pid) => before.includes(pid))).toBe(true)
      release()
      const all = await stream.readUntil((text) => text.includes('event: done'))
      await stream.end()
      const view = (await (await api(`/api/v1/requests/${id}`)).json()) as RequestView
      expect(view.indicators[0]!.rows.map((row) => row.state)).toEqual(['found', 'found'])
      expect(lastRows(all)).toEqual(new Map(view.indicators[0]!.rows.map((row) => [row.source.slug, row])))
      await expect.poll(() => nginx.workers().filter((pid) => before.includes(pid)), { timeout: 10_000 }).toEqual([])
    })

    test('needs a sign-in here too', async () => {
      expect((await fetch(`${nginx.url}/api/v1/requests/0190a000-0000-7000-8000-000000000000/events`)).status).toBe(401)
    })
  })

  describe('when one of two backends is killed', () => {
    test('the page and the API go on, accepted requests end, and it is used again when it is back', async () => {
      const [first] = product.backends
      await first!.kill()
      const statuses = await Promise.all(
        Array.from({ length: 40 }, () => api('/api/v1/indicator-kinds').then(({ status }) => status)),
      )
      expect(statuses.filter((status) => status !== 200)).toEqual([])
      expect((await fetch(`${nginx.url}/sources`)).status).toBe(200)
      const view = await api('/api/v1/requests', { json: { indicators: ['1.1.1.1'], tlp: 'RED', wait: true } })
      expect(view.status, await view.clone().text()).toBe(200)
      expect(((await view.json()) as RequestView).state).toBe('done')
      await first!.start()
      await expect
        .poll(
          async () => {
            await api('/api/v1/indicator-kinds')
            return nginx
              .accessLog()
              .slice(-5)
              .map((line) => line.backend)
          },
          { timeout: 15_000 },
        )
        .toContain(new URL(first!.url).host)
    })
  })
})

type OpenStream = { readUntil(enough: (text: string) => boolean): Promise<string>; end(): Promise<void> }

async function openStream(url: string, token: string): Promise<OpenStream> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    readUntil: async (enough) => {
      while (!enough(text)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`The stream ended early:\n${text}`)
        text += value
      }
      return text
    },
    end: () => reader.cancel(),
  }
}

/** The last state of each source's row that a stream told. */
function lastRows(text: string): Map<string, Row> {
  const rows = [...text.matchAll(/event: row\nid: \d+\ndata: (.*)/g)].map(
    (match) => (JSON.parse(match[1]!) as { row: Row }).row,
  )
  return new Map(rows.map((row) => [row.source.slug, row]))
}

/** A kept connection may be closed by a reload while the client writes on it: what HTTP clients repeat is not the matter here. */
async function statusOnNewConnection(url: string): Promise<number> {
  const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode!
}
