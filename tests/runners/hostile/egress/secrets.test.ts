import { gzipSync } from 'node:zlib'
import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRawSite } from './raw-site.ts'
import type { RawSite } from './raw-site.ts'
import { WAYS } from './ways.ts'
import type { Ask, Way } from './ways.ts'

/** The rare middle is what is looked for afterwards, in every spelling. */
const SECRET = 'pre zebracrossing+/="ü&'
const TRACE = /zebracrossing/i

let site: RawSite
/** Sends back what it was sent, in many forms. */
beforeAll(async () => {
  const answer = (body: Buffer, more = '') =>
    Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${more}content-length: ${body.length}\r\n\r\n`, 'latin1'), body])
  site = await openRawSite((socket, { path, head, body }) => {
    const all = Buffer.from(`${path}\n${head}\n${body}`, 'latin1')
    const value = /^x-key: *(.*)$/m.exec(head)?.[1] ?? ''
    if (path.startsWith('/binary')) return void socket.write(answer(Buffer.concat([Buffer.from([0xff, 0xfe]), all])))
    if (path.startsWith('/packed')) return void socket.write(answer(gzipSync(all), 'content-encoding: gzip\r\n'))
    if (path.startsWith('/header'))
      return void socket.write(answer(all, `x-echo: ${value}\r\nset-cookie: a=${value}\r\n`))
    if (path.startsWith('/decoded'))
      return void socket.write(answer(Buffer.from(decodeURIComponent(path.replaceAll('+', ' ')))))
    if (path.startsWith('/reason')) return void socket.write(`HTTP/1.1 401 ${value}\r\ncontent-length: 0\r\n\r\n`)
    if (path.startsWith('/moved'))
      return void socket.write(
        `HTTP/1.1 302 M\r\nlocation: http://elsewhere.example/${path}\r\ncontent-length: 0\r\n\r\n`,
      )
    if (path.startsWith('/nowhere'))
      return void socket.write(`HTTP/1.1 302 M\r\nlocation: http://[${path}\r\ncontent-length: 0\r\n\r\n`)
    if (path.startsWith('/broken')) return void socket.end(`HTTP/1.1 200 OK\r\n${value}\r\n\r\n`)
    socket.write(answer(all))
  })
})
afterAll(() => site.close())
beforeEach(() => {
  site.requests.length = 0
})

describe.each(WAYS)('by %s', (_, open) => {
  let way: Way
  beforeAll(async () => {
    way = await open({ INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
  })
  afterAll(() => way.close())
  const credential = (place: Credential_Place, value = SECRET) => ({
    ...{ secret: 'apiKey', name: 'x-key', prefix: 'Bearer ' },
    ...{ value, place, hosts: [site.host] },
  })
  const PATHS = ['/', '/binary', '/packed', '/header', '/decoded', '/reason', '/moved', '/nowhere', '/broken']

  it.each([
    ['a header', Credential_Place.PLACE_HEADER, {}],
    ['the query', Credential_Place.PLACE_QUERY, {}],
    ['a form', Credential_Place.PLACE_BODY, { method: 'POST', body: 'a=1' }],
    [
      'a JSON body',
      Credential_Place.PLACE_BODY,
      { method: 'POST', body: '{}', headers: [['content-type', 'application/json']] },
    ],
  ] as [string, Credential_Place, Partial<Ask>][])(
    'a credential in %s comes back in no answer, report, message or log line',
    async (_place, place, init) => {
      const asks = PATHS.map((path) => ({ ...init, url: `${site.origin}${path}?a=1` }))
      const tried = await way.send(asks, { hosts: [site.host], credentials: [credential(place)] })
      // It was sent, each time.
      expect(site.requests).toHaveLength(PATHS.length)
      for (const request of site.requests) expect(JSON.stringify(request)).toMatch(TRACE)
      expect(JSON.stringify(tried)).not.toMatch(TRACE)
      for (const each of tried.seen)
        if (each.ok) expect(Buffer.from(each.body, 'base64').toString('latin1')).not.toMatch(TRACE)
    },
  )

  it('a secret that the code has is in no report, however it is written into an address', async () => {
    const encoded = encodeURIComponent(SECRET)
    const urls = [
      `${site.origin}/${SECRET}`,
      `${site.origin}/${encoded}`,
      // The cut of the report would go through its middle.
      `${site.origin}/${'x'.repeat(250)}${encoded}`,
      `${site.origin}/${'x'.repeat(275)}${encoded}`,
      `http://elsewhere.example/${encoded}`,
      `${SECRET} is no address`,
      `${'x'.repeat(90)}${SECRET} is no address`,
      `ftp://127.0.0.1/${encoded}`,
    ]
    const { calls, logs } = await way.send(
      urls.map((url) => ({ url })),
      { hosts: [site.host], secrets: { token: SECRET } },
    )
    expect(calls).toHaveLength(urls.length)
    for (const call of calls) expect(JSON.stringify(call)).not.toMatch(/zebra/i)
    expect(logs.join()).not.toMatch(TRACE)
  })

  it.each([
    ['a line break', 'zebracrossing\r\nHost: evil.example'],
    ['a NUL', 'zebracrossing\0'],
    ['a letter beyond Latin-1', 'zebracrossing\u010a'],
  ])('a credential with %s goes into no header, and is not in the message', async (_what, value) => {
    const tried = await way.send([{ url: `${site.origin}/` }], {
      hosts: [site.host],
      credentials: [credential(Credential_Place.PLACE_HEADER, value)],
    })
    expect(tried.seen).toMatchObject([{ ok: false, message: expect.stringContaining('apiKey') }])
    expect(JSON.stringify(tried)).not.toMatch(TRACE)
    expect(site.requests).toEqual([])
  })

  it("the code's own header of the same name gives way to the credential", async () => {
    const headers: [string, string][] = [['X-Key', 'own']]
    const around = { hosts: [site.host], credentials: [credential(Credential_Place.PLACE_HEADER)] }
    await way.send([{ url: `${site.origin}/`, headers }], around)
    expect(site.requests[0]?.head.match(/^x-key:/gim)).toHaveLength(1)
    expect(site.requests[0]?.head).not.toContain('own')
  })
})
