import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEgress } from '../../../runners/contract/egress/index.ts'
import { openRawSite } from '../hostile/egress/raw-site.ts'
import type { RawSite } from '../hostile/egress/raw-site.ts'
import { WAYS, openHost } from '../hostile/egress/ways.ts'
import type { Way } from '../hostile/egress/ways.ts'
import { hasOpenssl, makeAuthority } from './certificates.ts'
import type { Authority, Certificate } from './certificates.ts'
import { openFakeDns } from './fake-dns.ts'
import type { FakeDns } from './fake-dns.ts'
import { openFakeSite } from './fake-site.ts'
import type { FakeSite } from './fake-site.ts'

type Shake = { name: string | false | null; protocol: string | false | null; path: string; key: string | undefined }
const KEY = 'credential-of-the-home-host'

describe.skipIf(!hasOpenssl)(`over TLS${hasOpenssl ? '' : ' (skipped: no openssl is installed)'}`, () => {
  let authority: Authority
  let dns: FakeDns
  let plain: RawSite
  let talking: FakeSite
  let operator: Record<string, string>
  const servers: Server[] = []
  const seen: Shake[] = []
  const ports: Record<string, number> = {}

  /** A real HTTPS server on loopback; `/to?<address>` redirects. */
  const serve = async (certificate: Certificate, options: TlsOptions = {}) => {
    const server = createServer({ ...certificate, ...options }, (request, response) => {
      const { servername, alpnProtocol } = request.socket as TLSSocket
      const { url: path = '', headers } = request
      seen.push({ name: servername ?? null, protocol: alpnProtocol, path, key: headers['x-key'] as string | undefined })
      const [, location] = path.split('/to?')
      response.writeHead(location ? 302 : 200, location ? { location: decodeURIComponent(location) } : {}).end('safe')
    })
    server.on('tlsClientError', () => {})
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  beforeAll(async () => {
    authority = makeAuthority()
    const other = makeAuthority()
    const good = authority.sign('good.test', 'DNS:good.test,DNS:*.wild.test,IP:127.0.0.1')
    ports.good = await serve(good)
    ports.again = await serve(good)
    ports.expired = await serve(authority.sign('good.test', 'DNS:good.test', -1))
    ports.self = await serve(authority.selfSigned('good.test', 'DNS:good.test'))
    ports.stranger = await serve(other.sign('good.test', 'DNS:good.test'))
    ports.addressOnly = await serve(authority.sign('an address', 'IP:127.0.0.1'))
    ports.nameOnly = await serve(authority.sign('good.test', 'DNS:good.test'))
    ports.old = await serve(good, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' })
    ports.h2only = await serve(good, { ALPNProtocols: ['h2'] })
    other.close()
    plain = await openRawSite((socket, { path }) => {
      const location = path.startsWith('/up') ? `https://good.test:${ports.good}/risen` : undefined
      const head = location ? `HTTP/1.1 301 Up\r\nlocation: ${location}` : 'HTTP/1.1 200 OK'
      socket.write(`${head}\r\ncontent-length: 5\r\n\r\nplain`)
    })
    talking = await openFakeSite((_request, response) => void response.end())
    const here = ['127.0.0.1']
    dns = await openFakeDns({ 'good.test': here, 'other.test': here, 'a.wild.test': here, 'a.b.wild.test': here })
    operator = {
      INDAG_RUNNER_DNS: dns.address,
      INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1',
      INDAG_RUNNER_CA_FILE: authority.file,
    }
  })
  afterAll(async () => {
    for (const server of servers) server.closeAllConnections()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    await Promise.all([dns.close(), plain.close(), talking.close()])
    authority.close()
  })
  beforeEach(() => {
    seen.length = plain.requests.length = 0
  })
  const hosts = () =>
    [...Object.values(ports), plain.port, talking.port].flatMap((port) => [
      `*.test:${port}`,
      `*.wild.test:${port}`,
      `127.0.0.1:${port}`,
    ])

  describe.each(WAYS)('by %s', (_, open) => {
    let way: Way
    beforeAll(async () => {
      way = await open(operator)
    })
    afterAll(() => way.close())
    const get = async (url: string) => (await way.send([{ url }], { hosts: hosts() })).seen[0]

    it('the name is asked for and the certificate is of the name, though the address is connected to', async () => {
      expect(await get(`https://good.test:${ports.good}/x`)).toMatchObject({ ok: true, status: 200, body: 'safe' })
      expect(seen).toMatchObject([{ name: 'good.test', path: '/x', protocol: 'http/1.1' }])
    })

    it.each([
      ['a name below a wildcard', 'a.wild.test', true],
      ['a name two levels below a wildcard', 'a.b.wild.test', false],
      ['an address that the certificate names', '127.0.0.1', true],
      ['a name that the certificate does not have', 'other.test', false],
    ])('%s: %s, %s', async (_what, host, ok) => {
      expect(await get(`https://${host}:${ports.good}/`)).toMatchObject(
        ok ? { ok } : { ok, reason: 'host-unreachable', message: `${host}: its certificate is for another name` },
      )
      expect(seen).toHaveLength(ok ? 1 : 0)
    })

    it.each([
      ['expired', 'has expired'],
      ['self', 'not of an authority that is trusted (DEPTH_ZERO_SELF_SIGNED_CERT)'],
      ['stranger', 'not of an authority that is trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'],
      ['addressOnly', 'for another name'],
      ['old', 'no TLS could be agreed on'],
      ['h2only', 'no TLS could be agreed on'],
    ])('a certificate or server is refused: %s', async (port, message) => {
      const answer = await get(`https://good.test:${ports[port]}/`)
      expect(answer).toMatchObject({ ok: false, reason: 'host-unreachable', message: expect.stringContaining(message) })
      expect(seen).toEqual([])
    })

    it('an address that the certificate does not have is refused', async () => {
      expect(await get(`https://127.0.0.1:${ports.nameOnly}/`)).toMatchObject({
        ok: false,
        message: expect.stringContaining('for another name'),
      })
    })

    it('a server without TLS is told apart', async () => {
      const answer = await get(`https://good.test:${talking.port}/`)
      expect(answer).toMatchObject({ ok: false, message: 'good.test: the host does not speak TLS here' })
    })

    it('HTTP may lead up to HTTPS', async () => {
      expect(await get(`http://good.test:${plain.port}/up`)).toMatchObject({ ok: true, body: 'safe' })
      expect(seen).toMatchObject([{ name: 'good.test', path: '/risen' }])
    })

    it('HTTPS never leads a credential down to HTTP', async () => {
      const down = encodeURIComponent(`http://good.test:${plain.port}/down`)
      const credential = {
        ...{ secret: 'key', value: KEY, prefix: '', name: 'X-Key', place: Credential_Place.PLACE_HEADER },
        hosts: hosts(),
      }
      const headers: [string, string][] = [['Authorization', 'own']]
      const url = `https://good.test:${ports.good}/to?${down}`
      await way.send([{ url, headers }], { hosts: hosts(), credentials: [credential] })
      expect(seen).toMatchObject([{ key: KEY }])
      expect(plain.requests).toHaveLength(1)
      expect(plain.requests[0]?.head).not.toMatch(/authorization|x-key|credential/i)
    })
  })

  it('without the operator’s file the authority is not trusted', async () => {
    const { INDAG_RUNNER_CA_FILE: _file, ...rest } = operator
    const way = openHost(rest)
    const { seen: answers } = await way.send([{ url: `https://good.test:${ports.good}/` }], { hosts: hosts() })
    expect(answers).toMatchObject([{ ok: false, message: expect.stringContaining('INDAG_RUNNER_CA_FILE') }])
    await way.close()
  })

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 switches nothing off', async () => {
    const [, open] = WAYS[1] as (typeof WAYS)[number]
    const way = await open({ ...operator, NODE_TLS_REJECT_UNAUTHORIZED: '0' } as never)
    const urls = [ports.self, ports.expired].map((port) => ({ url: `https://good.test:${port}/` }))
    expect((await way.send(urls, { hosts: hosts() })).seen).toMatchObject([{ ok: false }, { ok: false }])
    await way.close()
  })

  it('a session that was agreed on with one server is no passport for another', async () => {
    const way = openHost(operator)
    const urls = [ports.good, ports.again, ports.self, ports.good].map((port) => ({
      url: `https://good.test:${port}/`,
    }))
    const { seen: answers } = await way.send(urls, { hosts: hosts() })
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false, true])
    await way.close()
  })

  it.each([
    ['is not there', () => '/nowhere/ca.pem'],
    ['holds no certificate', () => write('empty.pem', 'nothing')],
    ['holds a broken one', () => write('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')],
  ])('a file of authorities that %s stops the start, by name', (_what, file) => {
    expect(() => openEgress({ privateHosts: [], dnsServers: [], caFile: file() })).toThrow(
      /^INDAG_RUNNER_CA_FILE: .*name a file of certificates in PEM form/,
    )
  })
  function write(name: string, text: string): string {
    const file = `${authority.file}.${name}`
    writeFileSync(file, text)
    return file
  }
})
