import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { BackgroundTaskRequest, ReceiveRequest } from '@indag/proto/runner/v1/runner.ts'
import type { BackgroundTaskResponse, ReceiveResponse } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive } from '../../support/processes.ts'
import { loadOf, startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, fetchData, pythonVersion, update } from './ask-python.ts'
import { makeWheel } from './package-index.ts'

const good =
  'import time\ndef fetch_data(i, ctx):\n    if i.value == "wait": time.sleep(1000)\n    if i.value == "native": sum(range(10 ** 15))\n    return {"summary": "good"}\n'
const folder = mkdtempSync('/tmp/indag python-')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the Python runner as a process', () => {
  it.each(['wait', 'native'])('takes its zygote and all its workers with it when it is killed: %s', async (value) => {
    const runner = await startRunner('python')
    await ask(runner, good)
    const limits = { wallMs: 60_000, cpuMs: 60_000 } as never
    const waiting = fetchData(runner, pythonVersion(good), { indicator: { kind: 'x', value }, context: { limits } })
    await expect.poll(() => runningCalls(runner)).toBe(1)
    const family = descendants(runner.pid)
    // The launcher, the init of the box, the zygote, and workers.
    expect(family.length).toBeGreaterThanOrEqual(5)
    await runner.kill()
    expect(await waiting).toMatchObject({ code: status.UNAVAILABLE })
    await expect.poll(() => family.filter(isAlive)).toEqual([])
  })

  it('starts another zygote when that dies, and answers again', async () => {
    const runner = await startRunner('python')
    await ask(runner, good)
    const context = { limits: { wallMs: 4_000 } as never }
    const waiting = fetchData(runner, pythonVersion(good), { indicator: { kind: 'x', value: 'wait' }, context })
    await expect.poll(() => runningCalls(runner)).toBe(1)
    const [launcher] = descendants(runner.pid).slice(1)
    process.kill(launcher as number, 'SIGKILL')
    // Nothing was done for it yet: it is begun again in another worker, and ends by its own limit.
    expect(await waiting).toMatchObject({ reason: 'TIMEOUT', code: status.DEADLINE_EXCEEDED })
    expect(await ask(runner, good)).toMatchObject({ outcome: 'found' })
    await runner.stop()
  })

  it('refuses to start without a sandbox, unless it is told to', async () => {
    const python = pythonWithout('seccomp')
    await expect(startRunner('python', { INDAG_RUNNER_PYTHON: python })).rejects.toThrow(
      /sandbox reaches only \\?"process.*INDAG_RUNNER_UNSAFE=1/s,
    )
    const unsafe = await startRunner('python', { INDAG_RUNNER_PYTHON: python, INDAG_RUNNER_UNSAFE: '1' })
    expect(unsafe.sandbox).toBe('process')
    expect(unsafe.logs.join()).toMatch(/UNSAFE/)
    expect(await ask(unsafe, good)).toMatchObject({ outcome: 'found' })
    await unsafe.stop()
  })

  it('answers in the baseline too, where neither unshare nor bubblewrap may make namespaces', async () => {
    const runner = await startRunner('python', { INDAG_RUNNER_PYTHON: pythonWithout('namespaces', 'bubblewrap') })
    expect(runner.sandbox).toBe('baseline')
    expect(await ask(runner, good)).toMatchObject({ outcome: 'found' })
    const code = 'def fetch_data(i, ctx):\n    return {"text": open("/etc/passwd").read()}\n'
    expect(await ask(runner, code)).toMatchObject({
      reason: 'EXCEPTION',
      message: expect.stringContaining('PermissionError'),
    })
    await runner.stop()
  })

  it.skipIf(!existsSync('/usr/bin/bwrap'))(
    'answers in the namespaces of bubblewrap where only that may make them',
    async () => {
      const runner = await startRunner('python', { INDAG_RUNNER_PYTHON: pythonWithout('namespaces') })
      expect(runner.sandbox).toBe('namespaces')
      expect(runner.logs.join()).toContain('"bubblewrap"')
      expect(await ask(runner, good)).toMatchObject({ outcome: 'found' })
      const code = 'def fetch_data(i, ctx):\n    return {"text": open("/etc/passwd").read()}\n'
      expect(await ask(runner, code)).toMatchObject({
        reason: 'EXCEPTION',
        message: expect.stringContaining('FileNotFoundError'),
      })
      await runner.stop()
    },
  )
})

/** An interpreter that says of its machine, when probed, that layers are refused. */
function pythonWithout(...layers: string[]): string {
  const real = execFileSync('python3', ['-c', 'import os, sys; print(os.path.realpath(sys.executable))'], {
    encoding: 'utf8',
  }).trim()
  const file = join(folder, `without ${layers.join(' ')}`)
  const edits = layers.map((layer) => `-e 's/"${layer}": null/"${layer}": "refused"/'`)
  const probe = `'${real}' "$@" | sed ${edits.join(' ')}`
  writeFileSync(file, `#!/bin/sh\ncase "$*" in *probe) ${probe};; *) exec '${real}' "$@";; esac\n`, { mode: 0o755 })
  return file
}

describe('a Python source with', () => {
  let runner: StartedRunner
  // pip splits this variable at spaces.
  const wheels = mkdtempSync('/tmp/indag-wheels-')
  beforeAll(async () => {
    makeWheel(wheels, 'indagtestpackage', 'def answer():\n    return 42\n')
    const env = { PIP_FIND_LINKS: wheels, PIP_NO_INDEX: '1', INDAG_RUNNER_STATE_DIR: join(folder, 'state') }
    runner = await startRunner('python', env)
  })
  afterAll(async () => {
    rmSync(wheels, { recursive: true, force: true })
    await runner.stop()
  })

  it('requirements finds its packages, installed once, read-only', async () => {
    const code = `
import indagtestpackage
def fetch_data(i, ctx):
    try: open(indagtestpackage.__file__, "a"); written = True
    except OSError: written = False
    return {"answer": indagtestpackage.answer(), "written": written}
`
    const requirements = ['indagtestpackage==1.0']
    expect(await ask(runner, code, { requirements })).toMatchObject({ result: { answer: 42, written: false } })
    expect(await ask(runner, `${code}#`, { requirements })).toMatchObject({ result: { answer: 42 } })
    // Another source does not see them.
    expect(await ask(runner, code)).toMatchObject({
      reason: 'EXCEPTION',
      message: expect.stringContaining('ModuleNotFoundError'),
    })
  })

  it.each([
    [
      'a package that cannot be had',
      'indag-no-such-package==9',
      /could not be installed.*Check that this machine reaches/,
    ],
    ['a URL', 'x @ https://192.0.2.1/x.whl', /is no requirement that is taken/],
    ['an option of pip', '--index-url=https://192.0.2.1', /is no requirement that is taken/],
    ['a path', '../../etc', /is no requirement that is taken/],
  ])('requirements that fail says so: %s', async (_, requirement, message) => {
    const answer = await ask(runner, good, { requirements: [requirement] })
    const expected = {
      reason: 'REQUIREMENTS',
      code: status.FAILED_PRECONDITION,
      message: expect.stringMatching(message),
    }
    expect(answer).toMatchObject(expected)
  })

  it('a background task streams what it emits', async () => {
    const code = `
def background_task(ctx):
    ctx.progress(1, 2)
    ctx.dataset.put("192.0.2.0/24", {"label": "test"})
    ctx.entities.put({"name": "e"})
    ctx.links.put({"from": "a"})
    print("done")
`
    const version = pythonVersion(code)
    await update(runner, version)
    const request = BackgroundTaskRequest.fromPartial({
      hash: version.hash,
      context: { sourceId: 's', trustDomain: 'tests' },
    })
    const events: BackgroundTaskResponse[] = []
    const stream = runner.client.backgroundTask(request, runner.metadata())
    for await (const event of stream) events.push(event as BackgroundTaskResponse)
    expect(events.map((event) => event.event?.$case)).toEqual([
      'progress',
      'datasetRecordJson',
      'entityJson',
      'linkJson',
      'log',
      'end',
    ])
    expect(String(events[1]?.event?.$case === 'datasetRecordJson' && events[1].event.value)).toBe(
      '{"key":"192.0.2.0/24","value":{"label":"test"}}',
    )
  })

  it('a receive hook answers each message', async () => {
    const code =
      'def receive(messages, ctx):\n    return [{"accepted": m["n"] > 1, "reason": str(m["n"])} for m in messages]\n'
    const version = pythonVersion(code)
    await update(runner, version)
    const messagesJson = [Buffer.from('{"n":1}'), Buffer.from('{"n":2}')]
    const request = ReceiveRequest.fromPartial({
      hash: version.hash,
      context: { sourceId: 's', trustDomain: 'tests' },
      messagesJson,
    })
    const answer = await new Promise<ReceiveResponse>((resolve, reject) => {
      runner.client.receive(request, runner.metadata(), (error, value) => (error ? reject(error) : resolve(value)))
    })
    expect(answer.outcomes).toMatchObject([
      { accepted: false, reason: '1' },
      { accepted: true, reason: '2' },
    ])
  })
})

async function runningCalls(runner: StartedRunner): Promise<number> {
  return (await loadOf(runner)).runningCalls
}

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(descendants)]
}
