import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, fetchData, pythonVersion, update } from './ask-python.ts'

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('python')
})
afterAll(() => runner.stop())

const found = 'def fetch_data(indicator, ctx):\n    return {"summary": f"{indicator.kind} {indicator[\'value\']}"}\n'

describe('a Python source gives', () => {
  it('a result about the indicator', async () => {
    expect(await ask(runner, found)).toMatchObject({ outcome: 'found', result: { summary: 'ipv4 192.0.2.1' } })
  })

  it('None, which is "not found" and no error', async () => {
    expect(await ask(runner, 'def fetch_data(indicator, ctx):\n    return None\n')).toEqual({ outcome: 'not found' })
  })

  it('a result from an async hook, with asyncio at work', async () => {
    const code = `
import asyncio
async def part(n):
    await asyncio.sleep(0.001)
    return n
async def fetch_data(indicator, ctx):
    values = await asyncio.gather(part(1), part(2), asyncio.to_thread(lambda: 3))
    return {"summary": str(sum(values))}
`
    expect(await ask(runner, code)).toMatchObject({ result: { summary: '6' } })
    expect(await ask(runner, code)).toMatchObject({ result: { summary: '6' } })
  })

  it('what it was given: configuration, matches, code secrets; and log lines, print included', async () => {
    const code = `
def fetch_data(indicator, ctx):
    ctx.log.info("looked at", indicator.value)
    print("printed")
    return {"summary": ctx.config["base"] + ctx.matches[0]["key"] + ctx.secrets["salt"]}
`
    const context = {
      configJson: Buffer.from('{"base":"b-"}'),
      matchesJson: Buffer.from('[{"key":"k-","value":1}]'),
      secrets: { salt: 's' },
    }
    const answer = await ask(runner, code, { context })
    expect(answer).toMatchObject({ result: { summary: 'b-k-s' }, logs: ['looked at 192.0.2.1', 'printed'] })
  })

  it('module state to its next call, and none to another trust domain', async () => {
    const code =
      'seen = []\ndef fetch_data(indicator, ctx):\n    seen.append(1)\n    return {"summary": str(len(seen))}\n'
    expect(await ask(runner, code)).toMatchObject({ result: { summary: '1' } })
    expect(await ask(runner, code)).toMatchObject({ result: { summary: '2' } })
    expect(await ask(runner, code, { context: { trustDomain: 'another' } })).toMatchObject({ result: { summary: '1' } })
  })
})

describe('a Python source that fails says why:', () => {
  const failing = (code: string, asked = {}) => ask(runner, code, asked)

  it("an exception, with the author's own line", async () => {
    const code =
      'import json\n\ndef helper(text):\n    return json.loads(text)\n\ndef fetch_data(indicator, ctx):\n    return helper("{")\n'
    const answer = await failing(code)
    expect(answer).toMatchObject({ reason: 'EXCEPTION', code: status.UNKNOWN, line: 4 })
    expect(answer).toMatchObject({ message: expect.stringContaining('JSONDecodeError: Expecting property name') })
  })

  it('an exception at the top level of the module, with its line', async () => {
    const code = 'a = 1\nb = a / 0\ndef fetch_data(indicator, ctx):\n    return None\n'
    expect(await failing(code)).toMatchObject({
      reason: 'EXCEPTION',
      line: 2,
      message: 'ZeroDivisionError: division by zero',
    })
  })

  it('a syntax error, with line and column, when it is pushed', async () => {
    const version = pythonVersion('def fetch_data(indicator, ctx)\n    return None\n')
    const { diagnostics } = await update(runner, version)
    expect(diagnostics).toMatchObject([
      { severity: 1, line: 1, column: 31, message: expect.stringMatching(/expected ':'|invalid syntax/) },
    ])
    expect(await fetchData(runner, version)).toMatchObject({
      reason: 'UNKNOWN_VERSION',
      code: status.FAILED_PRECONDITION,
    })
  })

  it('a warning of the compiler, which stops nothing', async () => {
    const { diagnostics, hooks } = await update(runner, pythonVersion('def fetch_data(i, ctx):\n    return 1 is 1\n'))
    expect(diagnostics).toMatchObject([{ severity: 2, line: 2 }])
    expect(hooks).toEqual(['fetchData'])
  })

  it('code that is parsed when pushed, and not run', async () => {
    const { diagnostics, hooks } = await update(
      runner,
      pythonVersion('while True: pass\ndef receive(messages, ctx): pass\n'),
    )
    expect({ diagnostics, hooks }).toEqual({ diagnostics: [], hooks: ['receive'] })
  })

  it('a missing hook', async () => {
    expect(await failing('x = 1\n')).toMatchObject({ reason: 'MISSING_HOOK', code: status.UNIMPLEMENTED })
  })

  it.each([
    ['no dict', 'return "text"', /returned str/],
    ['a set', 'return {"a": {1}}', /set is not JSON serializable/],
    ['a cycle', 'a = {}; a["a"] = a; return a', /[Cc]ircular/],
    ['NaN', 'return {"a": float("nan")}', /not JSON compliant/],
    ['too deep nesting', 'a = {}\n    for _ in range(100000): a = {"a": a}\n    return a', /nested too deeply/],
    ['half a character', 'return {"a": "\\ud800"}', /surrogates not allowed/],
  ])('a result that JSON has no word for: %s', async (_, body, message) => {
    const answer = await failing(`def fetch_data(indicator, ctx):\n    ${body}\n`)
    expect(answer).toMatchObject({ reason: 'BAD_RESULT', message: expect.stringMatching(message) })
  })

  it('an output that is too large', async () => {
    const answer = await failing('def fetch_data(i, ctx):\n    return {"a": "x" * 50_000}\n', {
      context: { limits: { outputBytes: 10_000 } },
    })
    expect(answer).toMatchObject({ reason: 'OUTPUT_TOO_LARGE', code: status.RESOURCE_EXHAUSTED })
  })

  it("the provider's refusals, in its own words", async () => {
    const code =
      'from indag import SourceError\ndef fetch_data(i, ctx):\n    raise SourceError("rate-limited", "later", retry_after_ms=1500)\n'
    expect(await failing(code)).toMatchObject({ reason: 'RATE_LIMITED', message: 'later', retryAfterMs: 1500, line: 3 })
  })

  it('more memory than it may have, and answers the next call', async () => {
    const code =
      'def fetch_data(i, ctx):\n    return {"a": len([bytearray(1 << 20) for _ in range(4096)])} if i.value == "bomb" else {"a": 1}\n'
    const bomb = await failing(code, { indicator: { kind: 'x', value: 'bomb' } })
    expect(bomb).toMatchObject({ reason: 'MEMORY', code: status.RESOURCE_EXHAUSTED })
    expect(await failing(code)).toMatchObject({ outcome: 'found' })
  })

  it.each([
    ['a loop', 'while True: pass'],
    [
      'a loop that catches everything',
      'while True:\n        try:\n            while True: pass\n        except BaseException: pass',
    ],
    ['sleep', 'import time; time.sleep(1000)'],
    ['one endless instruction', '9 ** 9 ** 9'],
    ['a catastrophic pattern', 'import re; re.match("(a+)+$", "a" * 60 + "b")'],
    [
      'ignored signals',
      'import signal\n    for n in range(1, 32):\n        try: signal.signal(n, signal.SIG_IGN)\n        except (OSError, ValueError): pass\n    while True: pass',
    ],
    [
      'a thread that never ends',
      'import threading; t = threading.Thread(target=lambda: threading.Event().wait()); t.start(); t.join()',
    ],
    ['an async hook that waits for ever', 'import asyncio; asyncio.run(asyncio.Event().wait())'],
  ])('never returning: %s; the version answers again', async (_, body) => {
    const code = `def fetch_data(i, ctx):\n    if i.value != "stop": return {"a": 1}\n    ${body}\n`
    const stuck = await failing(code, { indicator: { kind: 'x', value: 'stop' }, context: { limits: { wallMs: 150 } } })
    expect(stuck).toMatchObject({ reason: 'TIMEOUT', code: status.DEADLINE_EXCEEDED })
    expect(await failing(code)).toMatchObject({ outcome: 'found' })
  })

  it('a worker that ends by itself', async () => {
    expect(await failing('import os\ndef fetch_data(i, ctx):\n    os._exit(0)\n')).toMatchObject({
      reason: 'CRASHED',
      code: status.ABORTED,
    })
  })

  it('a top level that never ends', async () => {
    const code = 'while True: pass\ndef fetch_data(i, ctx): pass\n'
    expect(await failing(code, { context: { limits: { wallMs: 150 } } })).toMatchObject({ outcome: 'failed' })
  })
})

describe('the runner', () => {
  it('does not know what was not pushed', async () => {
    const answer = await fetchData(runner, pythonVersion('# never pushed\n'))
    expect(answer).toMatchObject({ reason: 'UNKNOWN_VERSION', code: status.FAILED_PRECONDITION })
  })

  it('stops a call whose caller goes away, and answers the next', async () => {
    const code =
      'import time\ndef fetch_data(i, ctx):\n    if i.value == "wait": time.sleep(1000)\n    return {"a": 1}\n'
    await ask(runner, code)
    const waiting = fetchData(runner, pythonVersion(code), {
      indicator: { kind: 'x', value: 'wait' },
      onStart: (cancel) => setImmediate(cancel),
    })
    expect(await waiting).toMatchObject({ code: status.CANCELLED })
    expect(await ask(runner, code)).toMatchObject({ outcome: 'found' })
  })

  it('keeps neighbours unharmed while one source dies again and again', async () => {
    await ask(runner, found)
    const killer = pythonVersion('import os\ndef fetch_data(i, ctx):\n    os.abort()\n')
    await update(runner, killer)
    const dying = Array.from({ length: 20 }, () => fetchData(runner, killer))
    const living = Array.from({ length: 200 }, () => fetchData(runner, pythonVersion(found)))
    for (const answer of await Promise.all(living)) expect(answer).toMatchObject({ outcome: 'found' })
    for (const answer of await Promise.all(dying)) expect(answer).toMatchObject({ reason: 'CRASHED' })
  })

  it('runs many calls of one version at once when they wait', async () => {
    const code = 'import time\ndef fetch_data(i, ctx):\n    time.sleep(0.05)\n    return {"a": 1}\n'
    await ask(runner, code)
    const answers = await Promise.all(
      Array.from({ length: 32 }, () => fetchData(runner, pythonVersion(code), { deadlineMs: 5_000 })),
    )
    expect(answers.every((answer) => answer.outcome === 'found')).toBe(true)
  })
})

describe('a Python source reaches the network only by the host:', () => {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers['x-key'] ?? '-'}`)
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      response.writeHead(request.url?.startsWith('/missing') ? 404 : 200, {
        'content-type': 'application/json',
        'x-one': '1',
      })
      response.end(JSON.stringify({ path: request.url, body, type: request.headers['content-type'] ?? null }))
    })
  })
  let host = ''
  let guarded: StartedRunner
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    guarded = await startRunner('python', { INDAG_RUNNER_PRIVATE_HOSTS: host })
  })
  afterAll(async () => {
    await guarded.stop()
    server.close()
  })

  const askWith = (code: string, extra: object = {}) =>
    ask(guarded, code, {
      context: { hosts: [host], configJson: Buffer.from(JSON.stringify({ url: `http://${host}` })), ...extra },
    })

  it.each([
    [
      'ctx.fetch',
      'r = ctx.fetch(u + "/a", params={"q": "x y"}); return {"s": r.status, "p": r.json()["path"], "h": r.headers["X-One"]}',
    ],
    [
      'indag.fetch',
      'import indag; r = indag.fetch(u + "/a?q=x+y"); return {"s": r.status, "p": r.json()["path"], "h": r.headers.get("x-one")}',
    ],
    [
      'requests',
      'import requests; r = requests.get(u + "/a", params={"q": "x y"}, timeout=3); r.raise_for_status(); return {"s": r.status_code, "p": r.json()["path"], "h": r.headers["x-ONE"]}',
    ],
    [
      'urllib',
      'import urllib.request, json\n    with urllib.request.urlopen(u + "/a?q=x+y") as r: return {"s": r.status, "p": json.load(r)["path"], "h": r.headers["x-one"]}',
    ],
  ])('%s', async (_, body) => {
    const answer = await askWith(`def fetch_data(i, ctx):\n    u = ctx.config["url"]\n    ${body}\n`)
    expect(answer).toMatchObject({ result: { s: 200, p: '/a?q=x+y', h: '1' } })
  })

  it('requests.post sends JSON, and 404 raises HTTPError with the response', async () => {
    const code = `
import requests
def fetch_data(i, ctx):
    sent = requests.Session().post(ctx.config["url"] + "/p", json={"a": 1}).json()
    try:
        requests.get(ctx.config["url"] + "/missing").raise_for_status()
    except requests.exceptions.HTTPError as error:
        return {"body": sent["body"], "type": sent["type"], "status": error.response.status_code}
`
    expect(await askWith(code)).toMatchObject({ result: { body: '{"a": 1}', type: 'application/json', status: 404 } })
  })

  it('several requests at once in an async hook', async () => {
    const code = `
import asyncio
async def fetch_data(i, ctx):
    answers = await asyncio.gather(*(ctx.fetch(f"{ctx.config['url']}/{n}") for n in range(8)))
    return {"paths": [answer.json()["path"] for answer in answers]}
`
    expect(await askWith(code)).toMatchObject({ result: { paths: ['/0', '/1', '/2', '/3', '/4', '/5', '/6', '/7'] } })
  })

  it('the host adds a secret that the code never sees', async () => {
    const code =
      'import gc\ndef fetch_data(i, ctx):\n    ctx.fetch(ctx.config["url"] + "/secret")\n    return {"secrets": ctx.secrets, "seen": any("s3cr3t" in str(o) for o in gc.get_objects() if isinstance(o, dict) and len(str(o)) < 5000)}\n'
    const credentials = [{ secret: 'key', value: `s3${'cr3t'}`, hosts: [host], place: 1, name: 'x-key', prefix: '' }]
    expect(await askWith(code, { credentials })).toMatchObject({ result: { secrets: {} } })
    expect(requests.at(-1)).toBe('GET /secret s3cr3t')
  })

  it.each([
    ['another host', 'ctx.fetch("http://198.51.100.7/")'],
    ['another port of the host', 'ctx.fetch("http://127.0.0.1:1/")'],
    ['the metadata address', 'ctx.fetch("http://169.254.169.254/latest/")'],
    ['by requests', 'import requests; requests.get("http://198.51.100.7/")'],
    ['by urllib', 'import urllib.request; urllib.request.urlopen("http://198.51.100.7/")'],
  ])('refused: %s', async (_, body) => {
    const answer = await askWith(`def fetch_data(i, ctx):\n    ${body}\n`)
    expect(answer).toMatchObject({ reason: 'EGRESS_DENIED', code: status.PERMISSION_DENIED, line: 2 })
  })

  it('a refusal is an exception that the code can catch', async () => {
    const code =
      'import requests\ndef fetch_data(i, ctx):\n    try: requests.get("http://198.51.100.7/")\n    except requests.exceptions.ConnectionError: return {"caught": True}\n'
    expect(await askWith(code)).toMatchObject({ result: { caught: true } })
  })
})
