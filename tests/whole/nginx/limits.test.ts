import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeCertificate, nginxProgram, startNginx, type NginxOptions, type StartedNginx } from '../../support/nginx.ts'

/** What NGINX does with clients that are slow, many or old. Behind it stands a small server that only counts, and holds streams open. */
const skipped = nginxProgram === null ? ' (skipped: no nginx is installed)' : ''

describe.skipIf(nginxProgram === null)(`NGINX at its limits${skipped}`, () => {
  let folder: string
  let backend: Server
  let backendUrl: string
  const reached: string[] = []
  const held: ServerResponse[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'indag-nginx-limits-'))
    mkdirSync(join(folder, 'page/assets'), { recursive: true })
    writeFileSync(join(folder, 'page/index.html'), '<!doctype html><title>page</title>')
    backend = createServer((call, response) => {
      reached.push(call.url!)
      if (call.url!.endsWith('/events')) {
        held.push(response)
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 1000\n\n')
      } else call.resume().on('end', () => response.end('{}'))
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

  /** Sends the beginning of a request and then nothing more. Resolves, when NGINX gives up, with what it answered. */
  async function sendAndStop(url: string, beginning: string): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (text: Buffer) => (answer += String(text))).on('error', () => {})
    socket.write(beginning)
    await new Promise((resolve) => socket.once('close', resolve))
    return answer
  }

  test('gives up on headers and bodies that do not come; no backend hears of them, and others are served', async () => {
    const nginx = await open({ directives: { client_header_timeout: '1s', client_body_timeout: '1s' } })
    const before = reached.length
    const [headers, body] = await Promise.all([
      sendAndStop(nginx.url, 'GET /api/v1/slow HTTP/1.1\r\nHost: x\r\nX-Slow: '),
      sendAndStop(nginx.url, 'POST /api/v1/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"indicators"'),
    ])
    expect(headers + body).not.toContain('200 OK')
    expect(reached.slice(before)).toEqual([])
    expect((await fetch(`${nginx.url}/api/v1/quick`)).status).toBe(200)
  })

  test('the timeouts that ship are shorter than a minute', () => {
    const text = readFileSync(new URL('../../../nginx/nginx.conf', import.meta.url), 'utf8')
    for (const name of ['client_header_timeout', 'client_body_timeout'])
      expect(Number(new RegExp(`^ *${name} (\\d+)s;`, 'm').exec(text)?.[1]), name).toBeLessThan(60)
  })

  test('lets one address hold 512 event streams, refuses the next as a problem, and serves it otherwise', async () => {
    const nginx = await open({ env: { INDAG_RATE_PER_SECOND: '10000' } })
    const path = `${nginx.url}/api/v1/requests/0190a000-0000-7000-8000-000000000000/events`
    const follow = () =>
      new Promise<IncomingMessage>((resolve, reject) => get(path, { agent: false }, resolve).once('error', reject))
    const streams: IncomingMessage[] = []
    for (let round = 0; round < 4; round += 1) streams.push(...(await Promise.all(Array.from({ length: 128 }, follow))))
    expect(streams.filter(({ statusCode }) => statusCode !== 200)).toEqual([])
    const refused = await fetch(path)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toMatchObject({ code: 'rate-limited' })
    expect((await fetch(`${nginx.url}/api/v1/other`)).status).toBe(200)
    for (const stream of streams) stream.destroy()
    for (const response of held) response.destroy()
  })

  test('sends a file that was compressed ahead as it is, and unpacked to who cannot read it', async () => {
    const text = `export const page = 1 // ${'x'.repeat(2_000)}\n`
    const packed = gzipSync(text, { level: 9 })
    writeFileSync(join(folder, 'page/assets/index-1.js'), text)
    writeFileSync(join(folder, 'page/assets/index-1.js.gz'), packed)
    const nginx = await open()
    const load = async (encoding: string): Promise<{ headers: IncomingMessage['headers']; body: Buffer }> => {
      const [answer] = (await once(
        get(`${nginx.url}/assets/index-1.js`, { headers: { 'accept-encoding': encoding } }),
        'response',
      )) as [IncomingMessage]
      return { headers: answer.headers, body: Buffer.concat(await answer.toArray()) }
    }
    const small = await load('gzip')
    expect(small.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(packed.length) })
    expect(small.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(small.body).toEqual(packed)
    expect(String(gunzipSync(small.body))).toBe(text)
    const plain = await load('identity')
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(String(plain.body)).toBe(text)
  })

  test('speaks TLS 1.2 and 1.3 with ciphers of today, and none of yesterday', async () => {
    const tlsFolder = join(folder, 'tls')
    makeCertificate(tlsFolder)
    const nginx = await open({ tlsFolder })
    const ca = readFileSync(join(tlsFolder, 'fullchain.pem'))
    const agreed = async (options: ConnectionOptions): Promise<string> => {
      const port = Number(new URL(nginx.httpsUrl).port)
      const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ...options })
      await once(socket, 'secureConnect')
      const [protocol, cipher] = [socket.getProtocol(), socket.getCipher().name]
      socket.destroy()
      return `${protocol} ${cipher}`
    }
    expect(await agreed({ minVersion: 'TLSv1.3' })).toMatch(/^TLSv1\.3 TLS_/)
    expect(await agreed({ maxVersion: 'TLSv1.2' })).toMatch(/^TLSv1\.2 ECDHE-\w+-.*(GCM|CHACHA20)/)
    for (const ciphers of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'AES128-SHA', 'DES-CBC3-SHA'])
      await expect(agreed({ maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` }), ciphers).rejects.toThrow()
    await expect(agreed({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })).rejects.toThrow()
  })
})
