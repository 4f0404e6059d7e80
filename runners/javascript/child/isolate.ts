import { createRequire } from 'node:module'
import type IsolatedVm from 'isolated-vm'

// The runner gives the path: in the box nothing else of the repository exists.
const ivm: typeof IsolatedVm = createRequire(import.meta.url)(process.argv[2] ?? 'isolated-vm')

export type Diagnostic = { severity: 'error'; message: string; line?: number; column?: number }
/** What an isolate says: `kind` is op | log | emit | end | timer; the rest as kit/calls.js posts it. */
export type Post = (kind: string, callId: number, a: unknown, b: unknown) => void

/** The kit's script, and what V8 made of it the first time. */
export type Kit = { text: string; compiled?: IsolatedVm.ExternalCopy<ArrayBuffer> | undefined }

const FILE = 'source.js'
const BOOT_TIMEOUT_MS = 2_000
const HOOKS = ['fetchData', 'backgroundTask', 'receive']

/** The author's code does not compile, or its top level threw. */
export class CodeError extends Error {
  readonly diagnostic: Diagnostic
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}

/**
 * One isolate: the kit, locked down, and then one author's module. Only strings and numbers cross, in both directions; the way out is
 * one ignored Callback, and no Reference of ours is ever inside.
 */
export class SourceIsolate {
  hooks: string[] = []
  /** Who hears what the code posts. */
  post: Post = () => {}
  readonly memoryBytes: number
  readonly #isolate: IsolatedVm.Isolate
  readonly #context: IsolatedVm.Context
  #compiled: IsolatedVm.Module | undefined
  readonly #entries: Record<string, IsolatedVm.Reference> = {}

  /** Without a kit it can compile, and run nothing. */
  constructor(kit: Kit | undefined, memoryBytes: number) {
    this.memoryBytes = memoryBytes
    this.#isolate = new ivm.Isolate({
      memoryLimit: Math.max(8, Math.round(memoryBytes / (1024 * 1024))),
      // V8 is in an unknown state: nothing may run on. The runner replaces the child.
      onCatastrophicError: () => process.kill(process.pid, 'SIGKILL'),
    })
    this.#context = this.#isolate.createContextSync()
    if (kit) this.#boot(kit)
  }

  #boot(kit: Kit): void {
    const { global } = this.#context
    global.setSync('__post', new ivm.Callback((...said: Parameters<Post>) => this.post(...said), { ignored: true }))
    const { text, compiled } = kit
    const script = this.#isolate.compileScriptSync(text, {
      filename: 'kit.js',
      ...(compiled ? { cachedData: compiled } : { produceCachedData: true }),
    })
    // Of our own text, in our own process, where no source's code ever reaches it.
    kit.compiled ??= (script as IsolatedVm.CachedDataResult).cachedData
    script.runSync(this.#context, { timeout: BOOT_TIMEOUT_MS })
    script.release()
    const entries = global.getSync('__kit', { reference: true })
    for (const name of ['start', 'take', 'settle', 'cancel', 'ring', 'adopt', 'lockDown'])
      this.#entries[name] = entries.getSync(name, { reference: true })
    entries.release()
    global.deleteSync('__post')
    global.deleteSync('__kit')
    this.#entry('lockDown').applySync(undefined, [], { timeout: BOOT_TIMEOUT_MS })
  }

  /** Runs the module's top level and finds its hooks. Throws CodeError, or what isolated-vm throws for time and memory. */
  evaluate(timeoutMs: number): void {
    try {
      this.#module.evaluateSync({ timeout: timeoutMs })
    } catch (cause) {
      throw this.isGone || isTimeout(cause) ? cause : new CodeError(diagnosticOf(cause))
    }
    const hooks = this.#adopt(timeoutMs)
    this.hooks = hooks === '' ? [] : hooks.split(',')
  }

  #adopt(timeoutMs: number): string {
    try {
      const namespace = this.#module.namespace.derefInto()
      return this.#entry('adopt').applySync(undefined, [namespace], { timeout: timeoutMs }) as string
    } catch (cause) {
      if (this.isGone || isTimeout(cause)) throw cause
      // An export that has no value yet: the top level has not come so far.
      const message = 'The top level of the code waits for something that does not come: wait in the hook instead'
      throw new CodeError({ severity: 'error', message })
    }
  }

  /** Hooks that the module exports, without running any of it: a module that imports the name links, or does not. */
  exportedHooks(): string[] {
    return HOOKS.filter((hook) => {
      const probe = this.#isolate.compileModuleSync(`import { ${hook} } from 'source'`)
      try {
        probe.instantiateSync(this.#context, () => this.#module)
        return true
      } catch {
        return false
      }
    })
  }

  /** Runs a call's first turn; the outcome (kind digit and text) if that was all of it, else undefined and an "end" post later. */
  start(callId: number, text: string, deadlineMs: number, timeoutMs: number): string | undefined {
    this.#entry('start').applySync(undefined, [callId, text, deadlineMs], { timeout: timeoutMs })
    return this.#entry('take').applySync(undefined, []) as string | undefined
  }

  /** Resolves when the turn that it sets going is over. */
  async settle(callId: number, op: number, ok: boolean, text: string): Promise<unknown> {
    return this.#entry('settle').apply(undefined, [callId, op, ok, text])
  }

  /** Resolves once the isolate has heard it: one that is stuck never does. */
  cancel(callId: number, reason: string, message: string): Promise<unknown> {
    return this.#entry('cancel').apply(undefined, [callId, reason, message])
  }

  /** Resolves when the turn that it sets going is over. */
  async ring(timerId: number): Promise<unknown> {
    return this.#entry('ring').apply(undefined, [timerId])
  }

  /** CPU time that code in it has used, on whatever thread. */
  get cpuMs(): number {
    return Number(this.#isolate.cpuTime) / 1e6
  }

  async heapBytes(): Promise<number> {
    const { total_heap_size, externally_allocated_size, malloced_memory } = await this.#isolate.getHeapStatistics()
    return total_heap_size + externally_allocated_size + malloced_memory
  }

  get isGone(): boolean {
    return this.#isolate.isDisposed
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  #entry(name: string): IsolatedVm.Reference {
    return this.#entries[name] as IsolatedVm.Reference
  }

  get #module(): IsolatedVm.Module {
    if (!this.#compiled) throw new Error('nothing is compiled yet')
    return this.#compiled
  }

  /** Parses and links the author's code; runs none of it. Throws CodeError. */
  compile(code: string): void {
    try {
      // A byte order mark is no part of the code, and would count as a column.
      const module = this.#isolate.compileModuleSync(code.replace(/^\uFEFF/, ''), { filename: FILE })
      const [wanted] = module.dependencySpecifiers
      if (wanted !== undefined) throw new CodeError(importDiagnostic(code, wanted))
      module.instantiateSync(this.#context, () => {
        throw new Error('no imports')
      })
      this.#compiled = module
    } catch (cause) {
      if (this.isGone) throw cause
      throw cause instanceof CodeError ? cause : new CodeError(diagnosticOf(cause))
    }
  }
}

export function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && /timed out/.test(cause.message)
}

/** isolated-vm ends a SyntaxError's message with [file:line:column], and an exception's stack has the same place. */
function diagnosticOf(cause: unknown): Diagnostic {
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const stack = cause instanceof Error ? String(cause.stack) : ''
  const at = /source\.js:(\d+):(\d+)/.exec(message) ?? /source\.js:(\d+):(\d+)/.exec(stack)
  const plain = message.replace(/ \[(source\.js|<isolated-vm>):\d+:\d+\]$/, '').slice(0, 1_000)
  return { severity: 'error', message: plain, ...(at ? { line: Number(at[1]), column: Number(at[2]) } : {}) }
}

function importDiagnostic(code: string, specifier: string): Diagnostic {
  const plain = code.replace(/^\uFEFF/, '')
  const before = plain.slice(0, Math.max(0, placeOfImport(plain, specifier)))
  const lines = before.split(/\r\n|[\n\r\u2028\u2029]/)
  const message = `A source cannot import anything ("${specifier.slice(0, 100)}"): what it may use is in ctx and in the globals`
  return { severity: 'error', message, line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

/** The same words may stand in a comment or a text before. */
function placeOfImport(code: string, specifier: string): number {
  for (let at = code.indexOf(specifier); at >= 0; at = code.indexOf(specifier, at + 1))
    if (/\b(from|import)\s*["']$/.test(code.slice(Math.max(0, at - 40), at))) return at - 1
  return code.indexOf(specifier) - 1
}
