import type { Attack } from '../attack.ts'
import { family, fetchData } from './module.ts'

const later = 'await new Promise((r) => setTimeout(r, 1));'

export const memory: Attack[] = [
  ...family(['memory', 'timeout', 'crashed', 'exception'], {
    arrays: 'const a = []; for (;;) a.push(new Array(1000).fill({}))',
    'arrays after a timer': `${later} const a = []; for (;;) a.push(new Array(1000).fill({}))`,
    strings: `let s = 'x'; const keep = []; for (;;) { s += s.slice(0, 1e6) + Math.random(); keep.push(s.split('')) }`,
    'a split string': `'x'.repeat(2 ** 29 - 30).split('')`,
    'a split string after a timer': `${later} 'x'.repeat(2 ** 29 - 30).split('')`,
    'a spread string': `[...'x'.repeat(2 ** 28)]`,
    'a filled array': 'new Array(2 ** 27).fill(1); for (;;);',
    'a filled array after a timer': `${later} new Array(2 ** 27).fill(1); for (;;);`,
    'an array from a length': 'Array.from({ length: 2 ** 30 })',
    'an array from a length after a timer': `${later} Array.from({ length: 2 ** 30 })`,
    'a map': 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })',
    'a set': 'const m = new Set(); for (let i = 0; ; i++) m.add({ i })',
    'properties of an object': 'const o = {}; for (let i = 0; ; i++) o["k" + i] = i',
    buffers: 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))',
    'a buffer that grows':
      'const b = new ArrayBuffer(1, { maxByteLength: 2 ** 32 }); for (let n = 1; ; n *= 2) b.resize(n)',
    symbols: 'for (let i = 0; ; i++) Symbol.for("s" + i)',
    'private symbols': 'const a = []; for (;;) a.push(Symbol("x".repeat(100)))',
    closures: 'let f = () => 1; for (;;) { const g = f, a = new Array(100); f = () => [g, a] }',
    promises: 'const a = []; for (;;) a.push(new Promise(() => {}).then(() => {}))',
    'a JSON bomb':
      'let a = ["x".repeat(1e5)]; for (let i = 0; i < 12; i++) a = [a, a, a]; JSON.stringify(a); for (;;);',
    'a joined array': `const a = new Array(1e5).fill('x'.repeat(5000)); a.join(''); for (;;);`,
    'a flattened array': 'let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; a.flat(Infinity)',
    'regular expressions':
      'const a = []; for (let i = 0; ; i++) { const r = new RegExp("(?:a{1,99}){1,99}" + i); r.test("aaa" + i); a.push(r) }',
    functions: 'const a = []; for (let i = 0; ; i++) a.push(new Function("return " + i))',
    'weak references': 'const a = []; for (;;) a.push(new WeakRef({ x: new Array(100) }))',
    'nested bind': 'let f = () => 1; for (;;) f = f.bind(null, f, new Array(100))',
    'big numbers kept': 'const a = []; for (let i = 1n; ; i++) a.push(2n ** (100000n + i))',
    'a text that doubles': `let s = 'x'; for (;;) s += s`,
    padding: `const a = []; for (;;) a.push('x'.padEnd(2 ** 28, String(a.length)).at(-1), 'y'.padStart(2 ** 27, a.length).split(''))`,
    'a copy of structures': 'let a = { a: [] }; for (;;) { a.a.push(structuredClone(a)) }',
    'a parsed bomb': `JSON.parse('[' .repeat(5e6))`,
    'an encoded text': `new TextEncoder().encode('€'.repeat(2e7))`,
    'base64 of it': `for (let s = 'x'; ; ) s = btoa(s) + s`,
    'a query of it': `const q = new URLSearchParams(); for (let i = 0; ; i++) q.append('k' + i, 'v'.repeat(1e4))`,
    'log lines that are large': 'for (;;) ctx.log.info("x".repeat(2 ** 27))',
    'a flood of timers': 'for (;;) clearTimeout(setTimeout(() => {}, 60000))',
    'a flood of timers after a timer': `${later} for (;;) clearTimeout(setTimeout(() => {}, 60000))`,
    'a flood of host calls': `for (;;) { try { ctx.fetch('http://nowhere.invalid/').catch(() => {}) } catch {} }`,
    'a flood of emissions': 'for (;;) ctx.dataset.put("k", "v".repeat(1000)).catch(() => {})',
    'a flood of emissions after a timer': `${later} for (;;) ctx.dataset.put("k", "v".repeat(1000)).catch(() => {})`,
  }),
  ...family(['exception'], {
    'deep recursion': 'const f = () => f(); f()',
    'deep recursion through getters': 'const o = { get x() { return this.x } }; o.x',
    'deep recursion through the kit':
      'const o = {}; let a = o; for (let i = 0; i < 1e5; i++) a = a.a = {}; structuredClone(o)',
  }),
  ...family(['harmless', 'exception'], {
    'shared memory':
      'const M = globalThis.WebAssembly ?? globalThis.SharedArrayBuffer; if (M) new M.Memory({ initial: 30000, maximum: 60000, shared: true })',
    'deep recursion in a log line':
      'const o = {}; let a = o; for (let i = 0; i < 1e5; i++) a = a.a = {}; ctx.log.info(o)',
    'too large a buffer': 'try { new ArrayBuffer(2 ** 40) } catch {} try { new Uint8Array(2 ** 33) } catch {}',
    'too large a request': `await ctx.fetch('http://' + ctx.config.provider, { method: 'POST', body: 'x'.repeat(1e6) })`,
  }),
  {
    name: 'memory at the top level',
    code: fetchData('', 'const a = []; for (;;) a.push(new Array(1000).fill({}))'),
    ends: ['memory', 'timeout', 'crashed'],
  },
]
