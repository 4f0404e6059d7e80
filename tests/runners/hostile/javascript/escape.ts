import type { Attack } from '../attack.ts'
import { family } from './module.ts'

/**
 * What an escape would do: given a maker of functions of another realm, it reads the files and the environment that the canaries are in and calls
 * out. `loot` gives back what it got, or why not.
 */
export const LOOT = `
const loot = (make, ctx) => {
  try {
    const root = make('return typeof process === "object" ? process : typeof require === "function" ? require("process") : globalThis.process')()
    const fs = root.getBuiltinModule('node:fs')
    const net = root.getBuiltinModule('node:net')
    try { net.connect(ctx.config.tcpPort, '127.0.0.1').on('error', () => {}) } catch {}
    const got = { environment: root.env, argv: root.argv }
    for (const file of [ctx.config.outsideFile, ctx.config.runnerFile, '/proc/' + ctx.config.runnerPid + '/environ'])
      try { got[file] = fs.readFileSync(file, 'utf8') } catch (error) { got[file] = String(error) }
    try { fs.writeFileSync(ctx.config.openFolder + '/' + ctx.config.mark, 'x') } catch (error) { got.write = String(error) }
    return got
  } catch (error) { return String(error) }
}
`
const found = (expression: string) => `${LOOT} return { summary: 's', got: ${expression} }`

export const escape: Attack[] = [
  ...family(['harmless'], {
    'the constructor of a constructor': found('loot(ctx.fetch.constructor.constructor, ctx)'),
    'the function constructor': found('loot(Function, ctx)'),
    'the async constructor': `${LOOT} const F = (async () => {}).constructor; return { summary: 's', got: await F('return typeof process')(), more: loot((t) => () => F(t), ctx) }`,
    'the generator constructor': found(
      `loot((text) => () => (function* () {}).constructor('yield (() => { ' + text + ' })()')().next().value, ctx)`,
    ),
    'the async generator constructor': found(`loot((text) => () => (async function* () {}).constructor(text), ctx)`),
    'indirect evaluation': found('loot((text) => () => (0, eval)("(() => { " + text + " })()"), ctx)'),
    'an error of the host': `${LOOT} try { await ctx.fetch('http://nope.invalid/') } catch (e) { return { summary: 's', got: loot(e.constructor.constructor, ctx), stack: e.stack } }`,
    'an answer of the host': `${LOOT} const a = await ctx.dns.resolve('x.invalid').catch((e) => e); return { summary: 's', got: loot(a.constructor.constructor, ctx) }`,
    'all that ctx leads to': `${LOOT}
      const seen = new Set(), got = []
      const walk = (value, depth) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || depth > 12) return
        seen.add(value)
        for (const name of ['applySync', 'derefInto', 'copySync', 'getSync', 'applySyncPromise', 'release', 'createContextSync'])
          try { if (typeof value[name] === 'function') got.push([name, String(value[name](undefined, []))]) } catch (error) { got.push(String(error)) }
        try { walk(Object.getPrototypeOf(value), depth + 1) } catch {}
        for (const key of Reflect.ownKeys(value)) try { const d = Object.getOwnPropertyDescriptor(value, key); for (const each of [d.value, d.get, d.set]) walk(each, depth + 1) } catch {}
      }
      walk(ctx, 0); walk(globalThis, 0)
      const foreign = [...seen].filter((each) => typeof each === 'function' && !(each instanceof Function))
      return { summary: 's', got, foreign: foreign.map((f) => loot(f.constructor, ctx)), process: [...seen].some((each) => each.pid) }`,
    'call site objects': `${LOOT}
      const sites = []
      const take = (_, s) => { sites.push(...s); return 'x' }
      for (const E of [Error, TypeError, RangeError]) { try { E.prepareStackTrace = take } catch {} try { Object.defineProperty(E, 'prepareStackTrace', { value: take }) } catch {} }
      const o = {}; Error.captureStackTrace(o); void o.stack; void new Error().stack
      try { null.x } catch (e) { void e.stack }
      return { summary: 's', got: sites.map((s) => { const f = s.getFunction?.(); return [String(s.getThis?.()), f && loot(f.constructor, ctx)] }) }`,
    'call site objects of deep recursion': `${LOOT}
      let got; const f = () => { try { f() } catch (e) { got ??= [e instanceof RangeError, loot(e.constructor.constructor, ctx)]; throw e } }; try { f() } catch {}
      return { summary: 's', got }`,
    'an exhausted stack in the kit': `${LOOT}
      let got = []; const f = () => { try { f() } catch (e) { try { ctx.log.info('x') } catch (g) { got.push(g) } try { new URL('http://x/') } catch (g) { got.push(g) } } }; f()
      return { summary: 's', got: got.slice(0, 20).map((e) => [loot(e.constructor.constructor, ctx), String(e.stack)]) }`,
    'an exhausted stack at the host': `${LOOT}
      const got = []; const f = () => { try { f() } catch { try { ctx.fetch('http://x.invalid/').catch((e) => got.push(e)); setTimeout(() => {}, 1) } catch (e) { got.push(e) } } }; f()
      await null; return { summary: 's', got: got.slice(0, 20).map((e) => [loot(e.constructor.constructor, ctx), String(e.stack)]) }`,
    'arguments and callers': `${LOOT}
      const got = []; function probe() { for (const f of [probe, ctx.fetch, ctx.log.info]) for (const name of ['caller', 'callee', 'arguments']) try { got.push(f[name]) } catch {} }
      const loose = new Function('f', 'return function inner() { return [inner.caller, inner.arguments, arguments.callee.caller] }')()
      try { got.push(...loose()) } catch {} try { [1].map(probe) } catch {} try { setTimeout(loose, 0) } catch {}
      return { summary: 's', got: got.filter((g) => typeof g === 'function').map((g) => [String(g).slice(0, 100), loot(g.constructor, ctx)]) }`,
    'species and constructors of promises': `${LOOT}
      const got = []; const p = ctx.fetch('http://x.invalid/').catch(() => {})
      class Spy extends Promise { constructor(run) { super((a, b) => { got.push(a, b, run); run(a, b) }) } }
      Object.defineProperty(p, 'constructor', { value: Spy }); await p.then((x) => got.push(x)); await p
      return { summary: 's', got: got.filter(Boolean).map((g) => loot(g.constructor, ctx)) }`,
    'the then of an answer': `${LOOT}
      let got = []; const thenable = { then(a, b) { got.push(loot(a.constructor, ctx), loot(a.constructor.constructor, ctx)); a({ summary: 's' }) } }
      await thenable; return { summary: 's', got }`,
    'a listener of the host': `${LOOT} const got = []; ctx.signal.addEventListener('abort', function (event) { got.push(loot(event.constructor.constructor, ctx), String(this)) }); return { summary: 's', got: [got, loot(ctx.signal.constructor.constructor, ctx)] }`,
    'symbols of the host': `return { summary: 's', got: ['nodejs.util.inspect.custom', 'nodejs.util.promisify.custom', 'nodejs.rejection'].map((n) => typeof ctx[Symbol.for(n)]), keys: Reflect.ownKeys(globalThis).filter((k) => !/^[A-Z]/.test(String(k))).map(String) }`,
    'names that Node has': `return { summary: 's', got: ['process', 'require', 'module', 'Buffer', 'global', 'internalBinding', 'primordials', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'Worker', 'fetch', 'Deno', 'Bun', '__post', '__kit', 'post', 'calls', 'hooks', 'ivm', 'gc', 'd8', 'load', 'print', 'read', 'quit'].filter((n) => { try { return (0, eval)('typeof ' + n) !== 'undefined' } catch { return false } }).map((n) => [n, String(eval(n)).slice(0, 50)]) }`,
    'native syntax': `const got = []; for (const text of ['%GetOptimizationStatus(1)', '%DebugPrint(1)', '%SystemBreak()']) try { got.push(eval(text)) } catch (e) { got.push(e.name) }; return { summary: 's', got }`,
    'another realm': `${LOOT} const got = typeof ShadowRealm === 'function' ? new ShadowRealm().evaluate('typeof process') : 'none'; return { summary: 's', got }`,
    'with and unscopables': `${LOOT} const F = new Function('o', 'with (o) { return (() => { try { return post ?? calls } catch (e) { return String(e) } })() }'); return { summary: 's', got: F(new Proxy({}, { has: () => false })) }`,
    'names by typeof in the kit': `return { summary: 's', got: ['post', 'calls', 'timers', 'hooks', 'current', 'started', 'operate', 'finish'].map((n) => new Function('try { return typeof ' + n + ' } catch { return "no" }')()) }`,
    'imports at run time': `const got = []; for (const name of ['node:fs', 'fs', 'source', './kit.js', 'kit.js', 'file:///etc/passwd', 'data:text/javascript,export default 1', 'http://127.0.0.1:' + ctx.config.tcpPort]) try { got.push(String((await import(name)).default)) } catch (e) { got.push(String(e)) } return { summary: 's', got }`,
    'the meta of the module': `return { summary: 's', got: [Object.keys(import.meta), String(import.meta.url), String(import.meta.dirname)] }`,
    'a trap in every built-in that the kit uses': `${LOOT}
      const got = []
      const spy = (object, name) => { try { const real = object[name]; Object.defineProperty(object, name, { value: function (...a) { got.push([name, loot(a[0]?.constructor?.constructor, ctx)]); return real.apply(this, a) } }) } catch {} }
      for (const [o, names] of [[Array.prototype, ['push', 'map', 'filter', Symbol.iterator]], [Map.prototype, ['get', 'set', 'delete']], [Promise.prototype, ['then']], [JSON, ['parse', 'stringify']], [RegExp.prototype, ['exec', 'test']], [String.prototype, ['slice', 'replace']], [Object, ['defineProperty', 'entries']], [Function.prototype, ['call', 'apply']]]) for (const n of names) spy(o, n)
      ctx.log.info('x'); await ctx.fetch('http://x.invalid/').catch(() => {}); return { summary: 's', got: got.slice(0, 5) }`,
    'setters of the prototype of all': `${LOOT}
      const got = []
      for (const name of ['id', 'resolve', 'reject', 'stack', 'operations', 'callId', 'run', 'op', 'url', 'reason', 'get', 'value', 'then'])
        try { Object.defineProperty(Object.prototype, name, { configurable: true, set(v) { got.push(loot(v?.constructor?.constructor, ctx)) }, get() { got.push('read'); return undefined } }) } catch {}
      await ctx.fetch('http://x.invalid/').catch(() => {}); await new Promise((r) => setTimeout(r, 1)); return { summary: 's', got }`,
  }),
  ...family(['harmless', 'crashed', 'timeout', 'memory'], {
    'odd optimizations': `for (let n = 0; n < 200; n++) { const a = [1.1, 2.2, 3.3]; const f = (i) => { a.length = i % 4; return a[i & 3] }; for (let i = 0; i < 5000; i++) f(i); Object.setPrototypeOf(a, [{}]); a[5] = {} }`,
    'detached buffers': `const b = new ArrayBuffer(64, { maxByteLength: 4096 }); const v = new Uint32Array(b); const w = new DataView(b); try { v.sort(() => { b.resize(0); return 1 }); v.fill({ valueOf() { b.transfer?.(0); return 1 } }); w.getUint8(63) } catch {}`,
    'a comparator that changes the array': `const a = Array.from({ length: 1000 }, (_, i) => i); a.sort((x, y) => { a.length = 0; a.push({}, 'x'); return y - x }); a.splice(0, 10, ...a)`,
  }),
]
