import { mkdtempSync, rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS, probeSandbox } from '../../../runners/contract/index.ts'
import type { CallHost, Executor, HookCall, Outcome } from '../../../runners/contract/index.ts'
import { openLog } from '../../../runners/contract/log.ts'
import { openPython } from '../../../runners/python/open-python.ts'
import { RULES } from '../../../runners/python/rules.ts'
import type { Rules } from '../../../runners/python/rules.ts'
import { pythonVersion } from './ask-python.ts'

// The executor by itself, with real workers, under rules that need no waiting for half an hour.
const folders: string[] = []
const executors: Executor[] = []
afterEach(async () => {
  for (const executor of executors.splice(0)) await executor.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function open(rules: Partial<Rules>): Promise<Executor> {
  const runFolder = mkdtempSync('/tmp/indag-lifetimes-')
  folders.push(runFolder)
  const sandbox = await probeSandbox({ python: 'python3' })
  const env = {
    ...{ listen: '', privateHosts: [], dnsServers: [], unsafe: false, python: 'python3' },
    ...{ exitWithParent: false, logLevel: 'error' as const },
  }
  const executor = await openPython({ env, sandbox, runFolder, log: openLog('error') } as never, { ...RULES, ...rules })
  executors.push(executor)
  return executor
}

const HOST = { fetch: () => {}, dns: () => {}, log: () => {}, emit: () => undefined } as unknown as CallHost
const COUNT = 'n = 0\ndef fetch_data(i, ctx):\n    global n\n    n += 1\n    return {"n": n}\n'

async function call(executor: Executor, code: string, trustDomain = 'one'): Promise<unknown> {
  const asked: HookCall = {
    ...{ version: pythonVersion(code), hook: 'fetchData' as const, sourceId: 's', trustDomain },
    ...{ indicator: { kind: 'x', value: 'y' }, configJson: Buffer.from('{}'), matchesJson: Buffer.from('[]') },
    ...{ secrets: {}, limits: { ...DEFAULT_LIMITS, wallMs: 20_000 }, deadlineMs: Date.now() + 60_000 },
  }
  const outcome: Outcome = await executor.call(asked, HOST, new AbortController().signal)
  return outcome.ok ? JSON.parse(String(outcome.resultJson)) : outcome.failure
}
const counts = async (executor: Executor, times: number) => {
  const seen: unknown[] = []
  for (let each = 0; each < times; each += 1) seen.push(await call(executor, COUNT))
  return seen.map((result) => (result as { n: number }).n)
}

describe('a worker is replaced', () => {
  it('when it has served its number of calls', async () => {
    expect(await counts(await open({ calls: 3 }), 7)).toEqual([1, 2, 3, 1, 2, 3, 1])
  })

  it('when it is as old as it may be', async () => {
    expect(await counts(await open({ ageMs: 0 }), 3)).toEqual([1, 1, 1])
  })

  it('and not before', async () => {
    expect(await counts(await open({}), 30)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1))
  })
})

describe('an idle worker', () => {
  const sources = (executor: Executor, many: number) =>
    Promise.all(Array.from({ length: many }, (_, n) => call(executor, `${COUNT}# ${n}\n`)))

  it('ends after its time, until only the spares are left', async () => {
    const executor = await open({ idleMs: 0, lastIdleMs: 300, patrolMs: 50 })
    await sources(executor, 12)
    await expect.poll(() => executor.load().children, { timeout: 20_000 }).toBeLessThanOrEqual(2)
    expect(await call(executor, COUNT)).toEqual({ n: 1 })
  })

  it('ends before its time when all of them have too much memory, the least recently used first', async () => {
    const executor = await open({ idleBytes: 4 * 1024 * 1024, patrolMs: 50 })
    await sources(executor, 12)
    await call(executor, COUNT)
    // One of its own size has room, and the spares.
    await expect.poll(() => executor.load().children, { timeout: 20_000 }).toBeLessThanOrEqual(3)
    expect(await call(executor, COUNT)).toEqual({ n: 2 })
  })

  it('makes room for another version when there are as many workers as there may be', async () => {
    const executor = await open({ workers: 3 })
    for (let n = 0; n < 10; n += 1) expect(await call(executor, `${COUNT}# ${n}\n`)).toEqual({ n: 1 })
    expect(executor.load().children).toBeLessThanOrEqual(5)
  })

  it('that goes on computing is ended, whatever it hides behind', async () => {
    const executor = await open({ patrolMs: 200 })
    const code =
      'import faulthandler\ndef fetch_data(i, ctx):\n    faulthandler.dump_traceback_later(0.000001, repeat=True, file=1)\n    return {"n": 1}\n'
    await call(executor, code)
    await call(executor, COUNT)
    await expect.poll(() => executor.load().tally.kills.get('crashed'), { timeout: 20_000 }).toBe(1)
    // The one that only rests is left alone.
    expect(await call(executor, COUNT)).toEqual({ n: 2 })
  })
})
