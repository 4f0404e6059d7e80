import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask } from './ask-python.ts'

// What people write with `requests` and `urllib`, against a provider on loopback that tells what it was asked.
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const path = request.url ?? '/'
    if (path === '/hang') return
    if (path === '/away') return void response.writeHead(302, { location: '/arrived' }).end()
    if (path === '/latin') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' })
      return void response.end(Buffer.from([0x63, 0xe9]))
    }
    response.writeHead(path.startsWith('/status/') ? Number(path.slice(8)) : 200, {
      'content-type': 'application/json',
      'x-one': '1',
    })
    const { authorization, cookie, 'x-key': key, 'x-other': other, 'content-type': type } = request.headers
    response.end(JSON.stringify({ method: request.method, path, body, authorization, cookie, key, other, type }))
  })
})
let host = ''
let runner: StartedRunner
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  runner = await startRunner('python', { INDAG_RUNNER_PRIVATE_HOSTS: host })
})
afterAll(async () => {
  await runner.stop()
  server.closeAllConnections()
  server.close()
})

const PRELUDE = `
import base64, io, json
import requests, urllib.request, urllib.parse, urllib.error
from requests.auth import HTTPBasicAuth
from requests.adapters import HTTPAdapter
def fetch_data(i, ctx):
    u = ctx.config["url"]
`
async function source(body: string) {
  const code = `${PRELUDE.trim()}\n${body.replaceAll(/^/gm, '    ')}\n`
  const configJson = Buffer.from(JSON.stringify({ url: `http://${host}` }))
  return ask(runner, code, { context: { hosts: [host], configJson } })
}
const value = async (expression: string) => {
  const answer = await source(`return {"v": ${expression}}`)
  return answer.outcome === 'found' ? answer.result.v : answer
}

describe('requests sends', () => {
  it.each<[string, string, object]>([
    [
      'params of a dict, lists and None in it',
      'requests.get(u + "/a?x=1", params={"q": ["a", "b"], "n": None, "s": "ü"}).json()',
      { path: '/a?x=1&q=a&q=b&s=%C3%BC' },
    ],
    ['params of pairs', 'requests.get(u + "/a", params=[("q", 1), ("q", 2)]).json()', { path: '/a?q=1&q=2' }],
    [
      'a JSON body',
      'requests.post(u + "/a", json={"a": [1]}).json()',
      { method: 'POST', body: '{"a": [1]}', type: 'application/json' },
    ],
    [
      'a form',
      'requests.post(u + "/a", data={"a": "b c"}).json()',
      { body: 'a=b+c', type: 'application/x-www-form-urlencoded' },
    ],
    [
      'bytes and text as they are',
      'requests.put(u + "/a", data=b"xyz", headers={"content-type": "text/x"}).json()',
      { method: 'PUT', body: 'xyz', type: 'text/x' },
    ],
    [
      'a file-like body',
      'requests.patch(u + "/a", data=io.BytesIO(b"read")).json()',
      { method: 'PATCH', body: 'read' },
    ],
    ['basic auth of a pair', 'requests.get(u + "/a", auth=("me", "pw")).json()', { authorization: 'Basic bWU6cHc=' }],
    [
      'basic auth of a class',
      'requests.get(u + "/a", auth=HTTPBasicAuth("me", "pw")).json()',
      { authorization: 'Basic bWU6cHc=' },
    ],
    ['cookies', 'requests.get(u + "/a", cookies={"a": "1", "b": "2"}).json()', { cookie: 'a=1; b=2' }],
    [
      'delete and options',
      '[requests.delete(u + "/a").json()["method"], requests.options(u + "/a").json()["method"]]',
      ['DELETE', 'OPTIONS'],
    ],
    [
      'what is ignored without harm',
      'requests.get(u + "/a", verify=False, stream=True, proxies={}, allow_redirects=True, timeout=(3, 5)).json()',
      { method: 'GET' },
    ],
  ])('%s', async (_, expression, expected) => {
    expect(await value(expression)).toMatchObject(expected)
  })

  it('what a session has, merged with what the call has', async () => {
    const body = `
with requests.Session() as s:
    s.headers.update({"x-key": "k", "x-other": "o"}); s.params = {"p": 1}; s.auth = ("a", "b"); s.mount("https://", HTTPAdapter(max_retries=3))
    return {"v": s.get(u + "/a", params={"q": 2}, headers={"x-other": "mine"}).json()}`
    expect(await source(body)).toMatchObject({
      result: { v: { path: '/a?p=1&q=2', key: 'k', other: 'mine', authorization: 'Basic YTpi' } },
    })
  })
})

describe('a response of requests has', () => {
  it.each<[string, string, unknown]>([
    [
      'status, reason, ok, truth',
      '(lambda r: [r.status_code, r.reason, r.ok, bool(r), r.status_code == requests.codes.not_found])(requests.get(u + "/status/404"))',
      [404, 'Not Found', false, false, true],
    ],
    [
      'headers in any spelling',
      '(lambda r: [r.headers["X-ONE"], r.headers.get("none"), "x-one" in r.headers])(requests.get(u + "/a"))',
      ['1', null, true],
    ],
    ['its content in pieces', 'len(list(requests.get(u + "/latin").iter_content(1)))', 2],
    ['text in the charset that it names', 'requests.get(u + "/latin").text', 'cé'],
    ['lines', 'len(list(requests.get(u + "/a").iter_lines(decode_unicode=True)))', 1],
    ['the address that it came from in the end', 'requests.get(u + "/away").url.rsplit("/", 1)[1]', 'arrived'],
    ['quoting under its usual name', '__import__("requests.utils").utils.quote("a b")', 'a%20b'],
    ['the time it took', 'requests.get(u + "/a").elapsed.total_seconds() >= 0', true],
  ])('%s', async (_, expression, expected) => {
    expect(await value(expression)).toEqual(expected)
  })

  it.each([
    [
      'raise_for_status',
      'requests.get(u + "/status/503").raise_for_status()',
      'requests.HTTPError',
      'error.response.status_code == 503',
    ],
    [
      'json of what is none',
      'requests.get(u + "/latin").json()',
      'requests.exceptions.JSONDecodeError',
      'isinstance(error, ValueError)',
    ],
    [
      'a timeout of its own',
      'requests.get(u + "/hang", timeout=0.05)',
      'requests.Timeout',
      'isinstance(error, requests.ReadTimeout)',
    ],
    [
      'a host that is not allowed',
      'requests.get("http://192.0.2.1/")',
      'requests.ConnectionError',
      '"not among the hosts" in str(error)',
    ],
    [
      'an address that is none',
      'requests.get("nothing")',
      'requests.exceptions.InvalidURL',
      'isinstance(error, requests.RequestException)',
    ],
  ])('its exceptions: %s', async (_, call, kind, check) => {
    const answer = await source(`try: ${call}\nexcept ${kind} as error: return {"v": ${check}}`)
    expect(answer).toMatchObject({ result: { v: true } })
  })

  it('an uncaught one with the reason that the runner knows', async () => {
    expect(await source('requests.get(u + "/hang", timeout=0.05)')).toMatchObject({
      reason: 'HOST_UNREACHABLE',
      line: 7,
      column: 5,
    })
    expect(await source('requests.get("http://192.0.2.1/")')).toMatchObject({ reason: 'EGRESS_DENIED', line: 7 })
  })
})

describe('urllib', () => {
  it.each<[string, string, unknown]>([
    [
      'opens an address',
      '(lambda r: [r.status, r.getcode(), r.reason, r.headers["X-One"], r.getheader("x-one"), json.load(r)["method"]])(urllib.request.urlopen(u + "/a"))',
      [200, 200, 'OK', '1', '1', 'GET'],
    ],
    [
      'opens a Request with data and headers',
      'json.load(urllib.request.urlopen(urllib.request.Request(u + "/a", data=urllib.parse.urlencode({"a": "b c"}).encode(), headers={"X-Key": "k"})))',
      { method: 'POST', path: '/a', body: 'a=b+c', key: 'k', type: 'application/x-www-form-urlencoded' },
    ],
    [
      'opens a Request with a method',
      'json.load(urllib.request.urlopen(urllib.request.Request(u + "/a", method="DELETE")))["method"]',
      'DELETE',
    ],
    [
      'takes data beside the address',
      'json.load(urllib.request.urlopen(u + "/a", data=b"x=1", timeout=5))["body"]',
      'x=1',
    ],
    [
      'opens by an opener with headers',
      '(lambda o: (setattr(o, "addheaders", [("X-Key", "k")]), json.load(o.open(u + "/a"))["key"])[1])(urllib.request.build_opener())',
      'k',
    ],
    [
      'reads in pieces and lines',
      '(lambda r: [len(r.read(2)), r.readable(), r.geturl().endswith("/a")])(urllib.request.urlopen(u + "/a"))',
      [2, true, true],
    ],
  ])('%s', async (_, expression, expected) => {
    expect(await value(expression)).toEqual(expected)
  })

  it.each([
    [
      'HTTPError with code, reason, headers and body',
      'urllib.request.urlopen(u + "/status/404")',
      'urllib.error.HTTPError',
      '[error.code, error.reason, error.headers["x-one"], json.load(error)["path"]] == [404, "Not Found", "1", "/status/404"]',
    ],
    [
      'URLError for what is refused',
      'urllib.request.urlopen("http://192.0.2.1/")',
      'urllib.error.URLError',
      '"not among the hosts" in str(error.reason)',
    ],
    [
      'a timeout of its own',
      'urllib.request.urlopen(u + "/hang", timeout=0.05)',
      'urllib.error.URLError',
      'isinstance(error.reason, TimeoutError)',
    ],
    ['data that is no bytes', 'urllib.request.urlopen(u + "/a", data="text")', 'TypeError', '"bytes" in str(error)'],
  ])('raises %s', async (_, call, kind, check) => {
    const answer = await source(`try: ${call}\nexcept ${kind} as error: return {"v": ${check}}`)
    expect(answer).toMatchObject({ result: { v: true } })
  })
})
