import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChildPool, DEFAULT_LIMITS, probeSandbox } from '@indag/runner-contract'
import type { CallHost, FetchRequest, HookCall, Outcome } from '@indag/runner-contract'
import { spawnChild } from '../../../../../runners/javascript/spawn-child.ts'
import { Cancellation } from '../../../../../runners/contract/server/calls/cancellation.ts'

// Real children in their real box, but the program in them is the forger. Each call must come to a contained end, nobody else's may.
const EMPTY = Buffer.alloc(0)
const version = { hash: 'h', language: 'javascript', code: '', requirements: [], sourceId: 's' }
const fetched: FetchRequest[] = []
const logs: string[] = []
const host: CallHost = {
  fetch: async (request) => (fetched.push(request), { ok: false, failure: { reason: 'egress-denied', message: 'no' } }),
  dns: async () => ({ ok: true, value: [] }),
  log: (_level, message) => void logs.push(message),
  emit: () => undefined,
}
let folder = ''
let pool: ChildPool
beforeAll(async () => {
  folder = mkdtempSync('/tmp/indag-forger-')
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}', { mode: 0o644 })
  copyFileSync(fileURLToPath(new URL('./forger.js', import.meta.url)), join(folder, 'main.js'))
  const isolatedVm = createRequire(import.meta.url).resolve('isolated-vm')
  const program = {
    directory: folder,
    main: join(folder, 'main.js'),
    isolatedVm,
    isolatedVmDirectories: [dirname(isolatedVm)],
  }
  const sandbox = await probeSandbox({ python: 'python3' })
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  pool = new ChildPool({
    spawn: () => spawnChild(sandbox, undefined, program),
    spares: 2,
    maximumChildren: 8,
    log: log as never,
  })
  await pool.open()
})
afterAll(async () => {
  await pool.close()
  rmSync(folder, { recursive: true, force: true })
})

async function call(key: string, value: string): Promise<Outcome> {
  const child = await pool.take(key)
  if ('reason' in child) return { ok: false, failure: child }
  const loaded = await child.load(version, DEFAULT_LIMITS.memoryBytes, 10_000)
  if ('reason' in loaded) return { ok: false, failure: loaded }
  const asked: HookCall = {
    ...{
      version,
      hook: 'fetchData',
      sourceId: 's',
      trustDomain: key,
      configJson: EMPTY,
      matchesJson: EMPTY,
      secrets: {},
    },
    indicator: { kind: 'ipv4', value },
    limits: { ...DEFAULT_LIMITS, wallMs: 400, cpuMs: 400, outputBytes: 100_000 },
    deadlineMs: Date.now() + 60_000,
  }
  return child.call(asked, host, new Cancellation())
}
const summaryOf = (outcome: Outcome) => (outcome.ok ? outcome.resultJson?.toString() : outcome.failure.reason)

const ENDS_THE_CHILD = [
  ...[
    'a result for the next call',
    'a result for the call before',
    'a result for every number',
    'a length of four gigabytes',
  ],
  ...['a result that is another kind of JSON', 'random bytes', 'an answer to a load', 'a reason that is none'],
  ...[
    "a reason of the runner's",
    'a failure that is no object',
    'an operation that is none',
    'an operation without an address',
  ],
  ...['an operation whose JSON is broken', 'the same operation twice', 'an operation for another call'],
  ...[
    'a log line of a level that is none',
    'an emission that is none',
    'a type that is none',
    'the word of the runner',
  ],
  ...['the end of the channel', 'the end of the process', 'an abort of the process', 'a result of megabytes'],
]
const RUNS_OUT_OF_TIME = [
  ...[
    'a length that it never sends',
    'half a header',
    'silence',
    'silence that has begun',
    'a loop that hears nothing',
  ],
  ...['begun without end', 'log lines without end', 'ready without end', 'memory without end'],
]

describe('a child that forges', () => {
  it.each([
    ...ENDS_THE_CHILD.map((what) => [what, ['crashed']] as const),
    ...RUNS_OUT_OF_TIME.map((what) => [what, ['timeout', 'crashed', 'memory']] as const),
  ])('loses its own call, and nobody else notices: %s', async (what, reasons) => {
    const forged = call('forger', what)
    expect(summaryOf(await call('neighbour', 'good'))).toBe('{"summary":"good"}')
    const outcome = await forged
    expect(outcome.ok).toBe(false)
    expect(reasons).toContain(summaryOf(outcome))
    expect(summaryOf(await call('forger', 'good'))).toBe('{"summary":"good"}')
  })

  it.each(['two results', 'words after the end', 'a result byte by byte'])('is heard once only: %s', async (what) => {
    const asked = fetched.length
    expect(summaryOf(await call('forger', what))).toBe('{"summary":"one"}')
    expect(summaryOf(await call('forger', 'good'))).toBe('{"summary":"good"}')
    expect(fetched.length).toBe(asked)
    expect(logs).not.toContain('late')
  })

  it.each(['a result that is no JSON', 'bytes that are no text'])(
    'gives bytes that are not read here: %s',
    async (what) => {
      // Whoever parses a result must expect anything: the child's word is not checked twice.
      expect((await call('forger', what)).ok).toBe(true)
    },
  )
})
