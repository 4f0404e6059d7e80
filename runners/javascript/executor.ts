import { totalmem } from 'node:os'
import { ChildPool, isNoFaultOfTheCode, REPEATS, Repeats } from '@indag/runner-contract'
import type {
  Child,
  CallFailure,
  CallHost,
  CancelSignal,
  Executor,
  HookCall,
  Hook,
  Loaded,
  Outcome,
  RunnerContext,
  SourceVersion,
} from '@indag/runner-contract'
import { withPlace } from './place-hook.ts'
import { prepareChild } from './prepare-child.ts'
import { spawnChild } from './spawn-child.ts'

const SPARES = 2
const MAXIMUM_CHILDREN = 16
/** An isolate with the kit takes about 3 MB; a quarter of the machine is one child's share. Beyond, the least recently used leaves. */
const VERSIONS_PER_CHILD = Math.min(1_000, Math.max(32, Math.floor(totalmem() / 4 / (3 * 1024 * 1024))))
const LOAD_MS = 5_000
const COMPILE_MS = 2_000
const COMPILE_MEMORY_BYTES = 64 * 1024 * 1024
/** No trust domain has this key. */
const COMPILER = ''
/** Versions are pushed in a row, and then none for long: the child that checks them ends after so long without. */
const COMPILER_IDLE_MS = 10_000

/** The JavaScript executor: one child for each trust domain, in it one warm isolate for each source version. */
export async function openJavascript({ sandbox, groups, runFolder, log }: RunnerContext): Promise<Executor> {
  const program = prepareChild(runFolder)
  const pool = new ChildPool({
    spawn: () => spawnChild(sandbox, groups, program),
    spares: SPARES,
    maximumChildren: MAXIMUM_CHILDREN,
    log,
  })
  await pool.open()

  const enter = async (call: HookCall, key: string): Promise<Child | CallFailure> => {
    const child = await pool.take(key)
    if ('reason' in child) return child
    const loaded = await child.load(
      call.version,
      call.limits.memoryBytes,
      Math.min(LOAD_MS, Math.max(1, call.deadlineMs - Date.now())),
    )
    if ('reason' in loaded) return loaded
    const [error] = loaded.diagnostics
    if (error) return { reason: 'exception', ...placed(error) }
    makeRoom(child)
    return child
  }

  const repeats = new Repeats(
    async (call, host, signal, alone) => {
      const child = await enter(call, (alone ? aloneKey : ownKey)(call.trustDomain))
      return 'reason' in child ? { ok: false, failure: child } : child.call(call, host, signal, alone)
    },
    (trustDomain) => pool.handOver(aloneKey(trustDomain), ownKey(trustDomain)),
  )

  let resting: NodeJS.Timeout | undefined
  return {
    language: 'javascript',
    languageVersion: process.versions.node,
    sandbox,
    compile: async (version) => {
      const compiled = await compile(pool, version)
      clearTimeout(resting)
      resting = setTimeout(() => pool.release(COMPILER), COMPILER_IDLE_MS).unref()
      return compiled
    },
    call: async (call: HookCall, host: CallHost, signal: CancelSignal): Promise<Outcome> => {
      const child = warmChild(pool, call) ?? (await enter(call, ownKey(call.trustDomain)))
      const outcome: Outcome = 'reason' in child ? { ok: false, failure: child } : await child.call(call, host, signal)
      const settled = outcome.ok || !outcome.failure.again ? outcome : await repeats.settle(outcome, call, host, signal)
      if (settled.ok) return settled
      return { ok: false, failure: withPlace(settled.failure, call.version.code, call.hook) }
    },
    forget: (hash) => {
      for (const child of pool.children()) child.unload(hash)
    },
    load: () => {
      const children = pool.children()
      return {
        children: children.length,
        memoryBytes: children.reduce((sum, child) => sum + child.residentBytes, 0),
        tally: pool.tally,
      }
    },
    close: () => pool.close(),
  }
}

/** The domain's own child, and one beside it. The names of domains come from outside: no name may make one key of two. */
const ownKey = (trustDomain: string) => `=${trustDomain}`
const aloneKey = (trustDomain: string) => `!${trustDomain}`

/** The usual case, without a promise: the domain's child is there and holds the version. */
function warmChild(pool: ChildPool, call: HookCall): Child | undefined {
  const child = pool.get(ownKey(call.trustDomain))
  const loaded = child?.loaded.get(call.version.hash)
  return loaded && loaded.memoryBytes >= call.limits.memoryBytes ? child : undefined
}

function makeRoom(child: Child): void {
  if (child.loaded.size <= VERSIONS_PER_CHILD) return
  let oldest: [hash: string, usedAt: number] | undefined
  for (const [hash, { usedAt }] of child.loaded) if (!oldest || usedAt < oldest[1]) oldest = [hash, usedAt]
  if (oldest) child.unload(oldest[0])
}

/**
 * Parses only: nothing of the code runs, so code of all domains may pass through one child. Should one piece of it end that child, the others
 * are begun again in the next.
 */
async function compile(pool: ChildPool, version: SourceVersion): ReturnType<Executor['compile']> {
  let checked = await check(pool, version)
  for (let repeat = 0; repeat < REPEATS && 'reason' in checked && checked.again; repeat += 1)
    checked = await check(pool, version)
  if (!('reason' in checked)) return { diagnostics: checked.diagnostics, hooks: checked.hooks }
  if (isNoFaultOfTheCode(checked)) return { reason: 'overloaded', message: checked.message }
  return { diagnostics: [{ severity: 'error', ...placed(checked) }], hooks: [] as Hook[] }
}

async function check(pool: ChildPool, version: SourceVersion): Promise<Loaded | CallFailure> {
  const child = await pool.take(COMPILER)
  return 'reason' in child ? child : child.check(version, COMPILE_MEMORY_BYTES, COMPILE_MS)
}

function placed({ message, line, column }: { message: string; line?: number; column?: number }) {
  return { message, ...(line ? { line } : {}), ...(column ? { column } : {}) }
}
