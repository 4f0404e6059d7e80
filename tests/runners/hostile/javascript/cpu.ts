import type { Attack } from '../attack.ts'
import { family, fetchData } from './module.ts'

const refused = `try { await ctx.fetch('http://127.0.0.1:' + ctx.config.tcpPort) } catch {}`

export const cpu: Attack[] = [
  ...family(['timeout'], {
    'an endless loop': 'for (;;);',
    'an endless loop after a microtask': 'await null; for (;;);',
    'an endless loop after a timer': 'await new Promise((r) => setTimeout(r, 1)); for (;;);',
    'an endless loop after a host call': `${refused} for (;;);`,
    'an endless loop while a host call is under way': `ctx.fetch('http://127.0.0.1:' + ctx.config.tcpPort).catch(() => {}); for (;;);`,
    'an endless loop in a finally': 'try { throw 1 } finally { for (;;); }',
    'a loop that catches its own end': 'for (;;) { try { for (;;); } catch {} finally { continue } }',
    'a catastrophic regular expression': `/^(a+)+$/.test('a'.repeat(40) + 'b')`,
    'a catastrophic replacement': `'a'.repeat(30).replace(/(a*)*(b|c)/g, 'x'); for (;;) 'a'.repeat(30).replace(/(a|aa)+$|^(a+)+c/, '')`,
    'a sort comparator that loops': '[3, 2, 1].sort(() => { for (;;); })',
    'a generator that never ends': 'const [...all] = (function* () { for (;;) yield* []; })()',
    'an iterator of headers that never ends': `await ctx.fetch('http://x/', { headers: { *[Symbol.iterator]() { for (;;); } } })`,
    'big numbers': 'let n = 3n; for (;;) n = n ** 7n',
    'big numbers after a timer': 'await new Promise((r) => setTimeout(r, 1)); let n = 3n; for (;;) n = n ** 7n',
    'a big number to text': '(7n ** 3000000n).toString()',
    'a big number from text': `BigInt('9'.repeat(3e6)) % 7n; for (;;);`,
    'a promise that never settles': 'await new Promise(() => {})',
    'a thenable that loops': 'await { then() { for (;;); } }',
    'a loop over host calls': `for (;;) { try { await ctx.fetch('http://nowhere.invalid/') } catch {} }`,
    'a loop over names': `for (;;) { try { await ctx.dns.resolve('a.invalid', 'A') } catch {} }`,
    'a loop over timers': 'for (;;) await new Promise((r) => setTimeout(r, 1))',
    'many short turns':
      'for (;;) { const end = Date.now() + 4; while (Date.now() < end); await new Promise((r) => setTimeout(r, 1)) }',
    'an abort listener that loops': `ctx.signal.addEventListener('abort', () => { for (;;); }); await new Promise(() => {})`,
    'a proxy that loops as its own prototype': `let p = new Proxy({}, { getPrototypeOf() { for (;;); } }); p instanceof Object`,
    'a search in a long text': `const s = 'a'.repeat(5e6); for (;;) s.indexOf('a'.repeat(2.4e6) + 'b')`,
    'a date in every language': 'for (;;) new Date().toLocaleString("ar-EG-u-ca-islamic", { dateStyle: "full" })',
  }),
  ...family(['timeout', 'memory', 'crashed'], {
    'a chain of microtasks': 'const go = () => Promise.resolve().then(go); await go()',
    'a chain of microtasks after a timer':
      'await new Promise((r) => setTimeout(r, 1)); const go = () => Promise.resolve().then(go); await go()',
    'thenables that lead to thenables': 'const more = () => ({ then(done) { done(more()) } }); await more()',
    'a normalized text': `let s = '\\u0344'.repeat(1e6); for (;;) s = s.normalize('NFKD').slice(0, 4e6)`,
  }),
  // The answer is there; what the code does after it must not go on.
  ...family(['harmless'], {
    'microtasks that go on after the answer':
      'await new Promise((r) => setTimeout(r, 1)); (async () => { for (;;) await null })()',
    'a loop that begins after the answer':
      'await new Promise((r) => setTimeout(r, 1)); let p = Promise.resolve(); for (let i = 0; i < 9; i++) p = p.then(() => {}); p.then(() => { for (;;); })',
    'native code that begins after the answer':
      'await new Promise((r) => setTimeout(r, 1)); let p = Promise.resolve(); for (let i = 0; i < 9; i++) p = p.then(() => {}); p.then(() => { let n = 3n; for (;;) n = n ** 7n })',
    'timers that start each other': 'const again = () => setTimeout(again, 0); for (let i = 0; i < 50; i++) again()',
    'a finalizer that loops':
      'const r = new FinalizationRegistry(() => { for (;;); }); for (let i = 0; i < 2000; i++) r.register({ a: new Array(100) }, i); await new Promise((r) => setTimeout(r, 20))',
  }),
  { name: 'an endless loop at the top level', code: fetchData('', 'for (;;);'), ends: ['timeout'] },
  {
    name: 'an endless wait at the top level',
    code: fetchData('', 'await new Promise(() => {})'),
    ends: ['harmless', 'exception'],
  },
  {
    name: 'an export that loops',
    code: `${fetchData('')}\nexport const receive = new Proxy(() => {}, { get() { for (;;); } })`,
    ends: ['harmless'],
  },
]
