import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { breaches } from '../sandbox/breaches.ts'
import type { Observed } from '../sandbox/breaches.ts'
import { ask, fetchData, pythonVersion, update } from './ask-python.ts'

/** The attack of the sandbox's own tests, as a source: what it observes is its result. */
const attack = readFileSync(new URL('../sandbox/attack.py', import.meta.url), 'utf8')
  .replace('given = json.loads(sys.argv[1])', 'given = {}')
  .replace(
    /^print\(.*$/m,
    'def fetch_data(i, ctx):\n    given.update(ctx.config)\n    return {name: observe(action) for name, action in O.items()}',
  )

let runner: StartedRunner
const tcp = createServer()
const abstract = createServer()
beforeAll(async () => {
  await new Promise<void>((done) => tcp.listen(0, '127.0.0.1', done))
  await new Promise<void>((done) => abstract.listen(`\0python-box-${process.pid}`, done))
  runner = await startRunner('python', { INDAG_RUNNER_UNSAFE: '', SECRET_OF_THE_RUNNER: 'do not tell' })
})
afterAll(async () => {
  await runner.stop()
  tcp.close()
  abstract.close()
})

const good = 'def fetch_data(i, ctx):\n    return {"summary": "good"}\n'

describe('a hostile Python source', () => {
  it('observes nothing of the machine and changes nothing on it', async () => {
    const config = {
      ...{
        hostFile: '/etc/hostname',
        hostFolder: process.cwd(),
        hostPid: runner.pid,
        tcpPort: (tcp.address() as AddressInfo).port,
      },
      ...{ unixPath: '/run/postgresql/.s.PGSQL.5432', abstractName: `python-box-${process.pid}`, scratch: null },
    }
    const answer = await ask(runner, attack, { context: { configJson: Buffer.from(JSON.stringify(config)) } })
    expect(answer).toMatchObject({ outcome: 'found' })
    const observed = (answer as { result: Observed }).result
    // Its own channel is the one descriptor that it has.
    expect(observed['open descriptors']?.got).toHaveLength(1)
    delete observed['open descriptors']
    expect(breaches(observed)).toEqual([])
    if (process.getuid?.() === 0) expect(Number(observed.uid?.got)).toBeGreaterThan(1_000_000_000)
  })

  it("finds no other source's code or secret in its memory, nor the environment of the runner", async () => {
    await ask(runner, `${good}# code of a neighbour\n`, { context: { secrets: { key: 'secret of a neighbour' } } })
    const code = `
import gc, sys, os
def fetch_data(i, ctx):
    # Backwards, so that it does not find itself.
    words = ["ruobhgien a fo edoc", "ruobhgien a fo terces", "llet ton od"]
    texts = []
    for thing in gc.get_objects():
        try:
            texts.extend(str(value) for value in (thing.values() if isinstance(thing, dict) else [thing]) if isinstance(value, str))
        except Exception: pass
    frame, arguments = sys._getframe(), []
    while frame:
        arguments.append(str(frame.f_locals)[:20000]); frame = frame.f_back
    return {"found": [word for word in words if any(word in text[::-1] for text in texts + arguments)], "environment": dict(os.environ)}
`
    expect(await ask(runner, code)).toMatchObject({ result: { found: [], environment: {} } })
  })

  it('spoils builtins for itself only', async () => {
    const poison =
      'import builtins, json\ndef fetch_data(i, ctx):\n    builtins.len = lambda x: 666\n    json.loads = None\n    return {"n": len([])}\n'
    await ask(runner, poison, { context: { limits: { wallMs: 300 } } })
    expect(await ask(runner, 'def fetch_data(i, ctx):\n    return {"n": len([])}\n')).toMatchObject({
      result: { n: 0 },
    })
  })

  it('kills no neighbour by pid', async () => {
    await ask(runner, good)
    const code = `
import os, signal
def fetch_data(i, ctx):
    done = 0
    for pid in [*range(1, 400), -1, 0]:
        if pid != os.getpid():
            try: os.kill(pid, signal.SIGKILL); done += 1
            except OSError: pass
    return {"killed": done}
`
    expect(await ask(runner, code)).toMatchObject({ result: { killed: 0 } })
    expect(await ask(runner, good)).toMatchObject({ outcome: 'found' })
  })

  const find = 'import gc, struct\ndef channel():\n    import indag\n    return indag._host.channel\n'
  it.each([
    ['a result of a call that does not exist', 'c.send(66, 4_000_000_000, b"{}")'],
    ['an answer to a load', 'c.send(65, 4_000_000_000, b"{}")'],
    ['a frame of an unknown type', 'c.send(99, c.call_id, b"{}")'],
    ['a result that is no JSON object', 'c.send(66, c.call_id, b"<html>")'],
    ['a frame that claims 4 GB', 'c.sock.sendall(struct.pack(">IBI", 0xFFFFFFFF, 66, c.call_id))'],
    ['a malformed operation', 'c.send(68, c.call_id, b"xx")'],
    ['an unknown reason', 'c.send(67, c.call_id, b\'{"reason":"root"}\')'],
    ['garbage', 'c.sock.sendall(b"\\xff" * 100000)'],
  ])('is ended when it forges frames: %s', async (_, body) => {
    const code = `${find}def fetch_data(i, ctx):\n    c = channel()\n    ${body}\n    while True: pass\n`
    expect(await ask(runner, code, { context: { limits: { wallMs: 5_000 } } })).toMatchObject({
      reason: 'CRASHED',
      code: status.ABORTED,
    })
    expect(await ask(runner, good)).toMatchObject({ outcome: 'found' })
  })

  it('leaves the runner to its neighbours while it bombs', async () => {
    const bombs = [
      'import threading\ndef fetch_data(i, ctx):\n    while True:\n        try: threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()\n        except RuntimeError: pass\n',
      'def fetch_data(i, ctx):\n    a = []\n    while True:\n        try: a.append(bytearray(1 << 16))\n        except MemoryError: pass\n',
      'import os\ndef fetch_data(i, ctx):\n    while True:\n        try: os.fork()\n        except OSError: pass\n',
      'def fetch_data(i, ctx):\n    while True: ctx.log.info("x" * 2000)\n',
      'def fetch_data(i, ctx):\n    while True: print("x" * 10000)\n',
    ].map((code) => pythonVersion(code))
    await ask(runner, good)
    for (const bomb of bombs) await update(runner, bomb)
    const bombing = bombs.map((bomb) => fetchData(runner, bomb, { context: { limits: { wallMs: 600 } } }))
    const living = await Promise.all(Array.from({ length: 100 }, () => fetchData(runner, pythonVersion(good))))
    expect(
      living.filter((answer) => answer.outcome !== 'found'),
      runner.logs.slice(-5).join('\n'),
    ).toEqual([])
    for (const answer of await Promise.all(bombing)) expect(answer).toMatchObject({ outcome: 'failed' })
  })
})
