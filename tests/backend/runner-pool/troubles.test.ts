import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunnerPool, RunnerState } from '../../../backend/runner-pool/index.ts'
import { ask, until } from './pool.ts'
import { scriptedParts } from './scripted-parts.ts'
import { openWire } from './wire.ts'

const { open, runner, pool } = scriptedParts()

/** The address of a server that is no runner, closed after the test. */
async function elsewhere(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))
  open.push({ close: () => void server.close() })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** It shows this state with these words, is never given a call, and the good runner beside it gets all of them. */
async function expectUnused(calls: RunnerPool, bad: string, state: RunnerState, words: string): Promise<void> {
  const view = () => calls.list().find(({ endpoint }) => endpoint === bad)
  await until(() => view()?.state === state)
  expect(view()?.detail).toContain(words)
  for (let n = 0; n < 8; n += 1) {
    const outcome = await calls.call(ask())
    expect(outcome.ok && outcome.runner !== bad).toBe(true)
  }
  expect(calls.health()).toMatchObject([{ state: 'degraded', serving: 1, configured: 2 }])
  expect(calls.health()[0]?.detail).toContain(words)
}

describe('an endpoint is not used, and its state tells why, when it', () => {
  it('is the address of nothing', async () => {
    const [gone, good] = [await runner(), await runner()]
    gone.kill()
    await expectUnused(await pool([gone.address, good.address]), gone.address, 'unreachable', 'ECONNREFUSED')
  })

  it('takes connections and says nothing', async () => {
    const [hole, good] = [await elsewhere(createServer((socket) => socket.on('error', () => {}))), await runner()]
    await expectUnused(await pool([hole, good.address]), hole, 'silent', 'did not answer within 250 ms')
  })

  it.each([
    ['HTTP/1.1', () => createHttp((_request, response) => response.end('hello')), 'does not speak gRPC'],
    ['another protocol', () => createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n')), 'gRPC'],
    ['HTTP/2 without gRPC', () => createHttp2((_request, response) => response.end('hello')), 'It is no runner'],
  ])('speaks %s', async (_name, make, words) => {
    const [other, good] = [await elsewhere(make()), await runner()]
    await expectUnused(await pool([other, good.address]), other, 'not-a-runner', words)
  })

  it('wants another token', async () => {
    const [strange, good] = [await runner({ token: 'theirs' }), await runner({ token: 'ours' })]
    const calls = await pool([strange.address, good.address], { token: 'ours' })
    await expectUnused(calls, strange.address, 'wrong-token', 'INDAG_RUNNER_TOKEN')
    expect(strange.fetches).toEqual([])
  })

  it('runs another language than it is registered for', async () => {
    const [python, good] = [await runner({ language: 'python' }), await runner()]
    const calls = await pool([python.address, good.address])
    await expectUnused(calls, python.address, 'wrong-language', 'It runs python, but is configured for javascript')
    expect(python.fetches).toEqual([])
  })
})

describe('with TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'indag-tls-'))
  const file = (name: string) => readFileSync(join(dir, name))
  beforeAll(() => {
    for (const name of ['ours', 'theirs']) {
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
      const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
      const out = ['-keyout', join(dir, `${name}.key`), '-out', join(dir, `${name}.pem`)]
      execFileSync('openssl', [...kind, ...subject, ...out], { stdio: 'ignore' })
    }
  })
  afterAll(() => rmSync(dir, { recursive: true }))
  const pair = (name: string) => ({ key: file(`${name}.key`), cert: file(`${name}.pem`) })

  it('a runner with a certificate of our authority is used, one with another is not', async () => {
    const [strange, good] = [await runner({ tls: pair('theirs') }), await runner({ tls: pair('ours') })]
    const calls = await pool([strange.address, good.address], { tls: { ca: file('ours.pem') } })
    await expectUnused(calls, strange.address, 'wrong-certificate', 'self-signed certificate')
    expect(strange.fetches).toEqual([])
  })

  it('a runner without it is no runner', async () => {
    const [plain, good] = [await runner(), await runner({ tls: pair('ours') })]
    const calls = await pool([plain.address, good.address], { tls: { ca: file('ours.pem') } })
    await expectUnused(calls, plain.address, 'not-a-runner', 'does not speak TLS')
  })

  it('a runner that wants ours is told who calls, and a pool that shows none is turned away', async () => {
    const one = await runner({ tls: { ...pair('ours'), clients: file('ours.pem') } })
    const shows = await pool([one.address], { tls: { ca: file('ours.pem'), ...pair('ours') } })
    expect(await shows.call(ask())).toMatchObject({ ok: true })
    const hides = await pool([one.address], { tls: { ca: file('ours.pem') }, absentWaitMs: 50 })
    expect(await hides.call(ask())).toMatchObject({ ok: false, failure: { reason: 'runner-unavailable' } })
    expect(hides.list()).toMatchObject([{ state: 'wrong-certificate' }])
  })
})

describe('a way to a runner that was bad and is good again', () => {
  it('is found out, though the connection that was accepted in between never speaks', async () => {
    const one = await runner()
    const wire = await openWire(one.address)
    open.push(wire)
    wire.become('hole')
    const calls = await pool([wire.address], { absentWaitMs: 20_000 })
    await until(() => calls.list()[0]?.state === 'silent')
    const call = calls.call(ask({ deadlineMs: Date.now() + 25_000 }))
    wire.become('through')
    expect(await call).toMatchObject({ ok: true })
  })

  it('costs no connection left open for each look', async () => {
    const one = await runner()
    const wire = await openWire(one.address)
    open.push(wire)
    wire.become('hole')
    const calls = await pool([wire.address])
    await until(() => wire.connections >= 6)
    expect(calls.list()).toMatchObject([{ state: 'silent' }])
    await until(() => wire.open <= 2)
  })
})
