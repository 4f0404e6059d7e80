import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as requestTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../../scripts/postgres/free-port.ts'
import {
  makeCertificate,
  nginxProgram,
  renderNginx,
  startNginx,
  type NginxOptions,
  type StartedNginx,
} from '../../support/nginx.ts'

/** What NGINX does by itself, seen by a small server behind it that writes down what reaches it. */
const skipped = nginxProgram === null ? ' (skipped: no nginx is installed)' : ''

type Seen = { method: string; path: string; headers: IncomingHttpHeaders; sizeBytes: number }

describe.skipIf(nginxProgram === null)(`NGINX as a door${skipped}`, () => {
  let folder: string
  let backend: Server
  let backendUrl: string
  const seen: Seen[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'indag nginx door '))
    mkdirSync(join(folder, 'page'))
    writeFileSync(join(folder, 'page/index.html'), '<!doctype html><title>page</title>')
    backend = createServer((call, response) => {
      let sizeBytes = 0
      call
        .on('data', (chunk: Buffer) => (sizeBytes += chunk.length))
        .on('end', () => {
          seen.push({ method: call.method!, path: call.url!, headers: call.headers, sizeBytes })
          response.end('{}')
        })
    })
    backend.on('upgrade', (call, socket) => {
      seen.push({ method: call.method!, path: call.url!, headers: call.headers, sizeBytes: 0 })
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
      socket.pipe(socket)
    })
    backend.listen(0, '127.0.0.1')
    await once(backend, 'listening')
    backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  })

  afterAll(() => {
    backend?.closeAllConnections()
    backend?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(options: Partial<NginxOptions> = {}): Promise<StartedNginx> {
    const nginx = await startNginx({ backends: [backendUrl], pageFolder: join(folder, 'page'), ...options })
    onTestFinished(nginx.stop)
    return nginx
  }

  const last = (): Seen => seen.at(-1)!

  test('tells the backend the address that it saw, whatever the client claims', async () => {
    const nginx = await open()
    const headers = {
      'x-forwarded-for': '6.6.6.6',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      'x-forwarded-proto': 'https',
      traceparent: 'as it came',
    }
    await fetch(`${nginx.url}/api/v1/x?a=%2F`, { headers })
    expect(last()).toMatchObject({
      path: '/api/v1/x?a=%2F',
      headers: {
        'x-forwarded-for': '127.0.0.1',
        'x-real-ip': '127.0.0.1',
        'x-forwarded-proto': 'http',
        host: new URL(nginx.url).host,
        traceparent: 'as it came',
      },
    })
    expect(last().headers.forwarded).toBeUndefined()
  })

  test('believes a proxy before it that is named as trusted', async () => {
    const nginx = await open({ env: { INDAG_TRUSTED_PROXIES: '127.0.0.0/8,10.0.0.0/8' } })
    await fetch(`${nginx.url}/api/v1/x`, { headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.1.1.1' } })
    expect(last().headers['x-forwarded-for']).toBe('203.0.113.9')
  })

  test('lets a dataset be larger than other bodies', async () => {
    const nginx = await open()
    const send = (path: string, sizeBytes: number) =>
      fetch(nginx.url + path, {
        method: 'PUT',
        body: new Uint8Array(sizeBytes),
        headers: { 'content-type': 'text/plain' },
      })
    expect((await send('/api/v1/sources/own-list/dataset', 64 * 1024 * 1024)).status).toBe(200)
    expect(last().sizeBytes).toBe(64 * 1024 * 1024)
    const calls = seen.length
    expect((await send('/api/v1/sources/own-list/dataset', 64 * 1024 * 1024 + 1)).status).toBe(413)
    expect((await send('/api/v1/sources/own-list/config', 5 * 1024 * 1024)).status).toBe(413)
    expect(seen.length).toBe(calls)
  })

  test('stops a flood of one address with 429, the fix and when to come again; the page goes on', async () => {
    const nginx = await open({ env: { INDAG_RATE_PER_SECOND: '1' } })
    const answers = await Promise.all(Array.from({ length: 260 }, () => fetch(`${nginx.url}/api/v1/x`)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(201)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]!.headers.get('retry-after')).toBe('1')
    expect(refused[0]!.headers.get('content-type')).toBe('application/problem+json')
    expect(await refused[0]!.json()).toMatchObject({ status: 429, code: 'rate-limited', retryAfterSeconds: 1 })
    expect((await fetch(`${nginx.url}/`)).status).toBe(200)
  })

  test('sign-in is held tighter than the rest', async () => {
    const nginx = await open()
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => fetch(`${nginx.url}/auth/sign-in`, { method: 'POST' })),
    )
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
    expect((await fetch(`${nginx.url}/api/v1/x`)).status).toBe(200)
  })

  test('says that no backend answers, as a problem in the trace of the caller, and still shows the page', async () => {
    const nginx = await open({ backends: [`http://127.0.0.1:${await freePort()}`] })
    const answer = await fetch(`${nginx.url}/api/v1/x`, {
      headers: { traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01' },
    })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('2')
    expect(await answer.json()).toMatchObject({ code: 'unavailable', traceId: '0123456789abcdef0123456789abcdef' })
    expect((await fetch(`${nginx.url}/`)).status).toBe(200)
  })

  test('repeats what is safe on the other backend, and never what a backend may have begun', async () => {
    const broken = createServer((call) => void call.socket.destroy()).listen(0, '127.0.0.1')
    await once(broken, 'listening')
    onTestFinished(() => void broken.close())
    const posts: string[] = []
    broken.on('request', (call: IncomingMessage) => posts.push(call.method!))
    const nginx = await open({ backends: [`http://127.0.0.1:${(broken.address() as AddressInfo).port}`, backendUrl] })
    const before = seen.length
    const sent = await Promise.all(
      Array.from({ length: 6 }, () => fetch(`${nginx.url}/api/v1/x`, { method: 'POST', body: '{}' })),
    )
    const lost = posts.filter((method) => method === 'POST').length
    expect(lost).toBeGreaterThan(0)
    expect(sent.filter(({ status }) => status === 503).length).toBe(lost)
    expect(seen.length - before).toBe(6 - lost)
    for (let count = 0; count < 6; count += 1) expect((await fetch(`${nginx.url}/api/v1/x`)).status).toBe(200)
  })

  test('opens WebSockets, and no other upgrade', async () => {
    const nginx = await open()
    const upgrade = (protocol: string) =>
      request(`${nginx.url}/api/v1/agents`, {
        headers: { connection: 'Upgrade', upgrade: protocol, 'sec-websocket-key': 'x' },
      }).end()
    const [answer, socket] = (await once(upgrade('websocket'), 'upgrade')) as [IncomingMessage, NodeJS.ReadWriteStream]
    expect(answer.statusCode).toBe(101)
    socket.write('through the door')
    expect(String((await once(socket, 'data'))[0])).toBe('through the door')
    socket.end()
    const [plain] = (await once(upgrade('h2c'), 'response')) as [IncomingMessage]
    plain.resume()
    expect(plain.statusCode).toBe(200)
    expect(last().headers.upgrade).toBeUndefined()
  })

  test('refuses what is not HTTP, or too long, as a problem', async () => {
    const nginx = await open()
    const answer = await fetch(`${nginx.url}/api/v1/x?q=${'a'.repeat(20_000)}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'malformed' })
  })

  test('speaks TLS with HTTP/2 when it has a certificate, and sends plain http there', async () => {
    const tlsFolder = join(folder, 'tls')
    makeCertificate(tlsFolder)
    const nginx = await open({ tlsFolder, env: { INDAG_PUBLIC_URL: 'https://indag.example.org/' } })
    const moved = await fetch(`${nginx.url}/requests?x=1`, { redirect: 'manual' })
    expect(moved.status).toBe(308)
    expect(moved.headers.get('location')).toBe('https://indag.example.org/requests?x=1')
    const ca = readFileSync(join(tlsFolder, 'fullchain.pem'))
    const session = connectHttp2(nginx.httpsUrl, { ca, servername: 'localhost' })
    onTestFinished(() => session.destroy())
    for (const path of ['/', '/api/v1/x']) {
      const stream = session.request({ ':path': path })
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
      stream.resume()
      expect(headers[':status'], path).toBe(200)
      expect(headers['strict-transport-security'], path).toBe('max-age=31536000; includeSubDomains')
    }
    expect(last().headers).toMatchObject({
      'x-forwarded-proto': 'https',
      host: `localhost:${new URL(nginx.httpsUrl).port}`,
    })
    const old = requestTls(nginx.httpsUrl, {
      ca,
      servername: 'localhost',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    }).end()
    await expect(once(old, 'response')).rejects.toThrow()
  })

  test('says nothing of strict transport on plain http', async () => {
    const nginx = await open()
    for (const path of ['/', '/api/v1/x'])
      expect((await fetch(nginx.url + path)).headers.get('strict-transport-security')).toBeNull()
  })
})

describe('render.sh', () => {
  const page = mkdtempSync(join(tmpdir(), 'indag-render-'))
  writeFileSync(join(page, 'index.html'), '')
  afterAll(() => rmSync(page, { recursive: true, force: true }))

  test.each([
    ['INDAG_BACKENDS', 'backend-1'],
    ['INDAG_BACKENDS', 'backend-1:8080; evil'],
    ['INDAG_BACKENDS', 'backend-1:80a'],
    ['INDAG_RATE_PER_SECOND', '0'],
    ['INDAG_RATE_PER_SECOND', 'many'],
    ['INDAG_PAGE_FOLDER', '/nowhere'],
    ['INDAG_PAGE_FOLDER', '/a";evil'],
    ['INDAG_TRUSTED_PROXIES', '10.0.0.0/8 evil'],
    ['INDAG_HTTP_LISTEN', '8080 evil'],
    ['INDAG_PUBLIC_URL', 'https://a$host'],
  ])('refuses %s "%s", names it, and leaves what was there', (name, value) => {
    const local = join(page, 'local')
    renderNginx(local, { INDAG_PAGE_FOLDER: page })
    const before = readFileSync(join(local, 'backends.conf'), 'utf8')
    expect(() => renderNginx(local, { INDAG_PAGE_FOLDER: page, [name]: value })).toThrow(name)
    expect(readFileSync(join(local, 'backends.conf'), 'utf8')).toBe(before)
  })

  test('refuses a certificate without its key', () => {
    writeFileSync(join(page, 'fullchain.pem'), 'x')
    expect(() => renderNginx(join(page, 'local'), { INDAG_PAGE_FOLDER: page, INDAG_TLS_FOLDER: page })).toThrow(
      'privkey.pem is missing',
    )
    rmSync(join(page, 'fullchain.pem'))
  })

  test('asks names again by the resolver when one is given', () => {
    renderNginx(join(page, 'local'), {
      INDAG_PAGE_FOLDER: page,
      INDAG_BACKENDS: 'backend-1:8080,backend-2:8080',
      INDAG_RESOLVER: '127.0.0.11',
    })
    expect(readFileSync(join(page, 'local/backends.conf'), 'utf8').trim().split('\n')).toEqual([
      'resolver 127.0.0.11 valid=5s;',
      'server backend-1:8080 max_fails=5 fail_timeout=3s resolve;',
      'server backend-2:8080 max_fails=5 fail_timeout=3s resolve;',
    ])
  })
})
