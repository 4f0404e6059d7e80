import type { Attack } from '../attack.ts'
import { family, fetchData } from './module.ts'

export const output: Attack[] = [
  ...family(['output-too-large', 'memory', 'timeout', 'exception', 'crashed'], {
    'a huge result': 'return { summary: "s", raw: "x".repeat(1e6) }',
    'many bytes in few characters': 'return { summary: "s", raw: "€".repeat(30000) }',
    'half a gigabyte': 'const x = "x".repeat(2 ** 28); return { summary: "s", a: x, b: x }',
    'half a gigabyte after a timer':
      'await new Promise((r) => setTimeout(r, 1)); const x = "x".repeat(2 ** 28); return { summary: "s", a: x, b: x }',
    'a summary of half a gigabyte': 'return { summary: "x".repeat(2 ** 29 - 30) }',
    'two million small things': 'return { summary: "s", raw: Array.from({ length: 2e6 }, (_, i) => ({ i })) }',
    'a value that is written as more': 'return { summary: "s", raw: { toJSON: () => "\\u0000".repeat(30000) } }',
    'keys without end':
      'return { summary: "s", raw: new Proxy({}, { ownKeys: () => Array.from({ length: 1e6 }, (_, i) => "k" + i), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: () => 1 }) }',
    'an array that claims a length':
      'return { summary: "s", raw: new Proxy([], { get: (t, k) => k === "length" ? 2 ** 53 - 1 : 1 }) }',
  }),
  ...family(['timeout'], {
    'a getter that loops': 'return { summary: "s", get x() { for (;;); } }',
    'a getter of the summary that loops': 'return { get summary() { for (;;); } }',
    'a toJSON that loops': 'return { summary: "s", toJSON() { for (;;); } }',
    'a then that never calls back': 'return { summary: "s", then() {} }',
  }),
  ...family(['bad-result', 'exception'], {
    'a cycle': 'const a = { summary: "s" }; a.a = a; return a',
    'a cycle through toJSON':
      'const a = { summary: "s", toJSON() { return { summary: "s", a } } }; return { summary: "s", a }',
    'a number that JSON has not': 'return { summary: "s", n: 1n }',
    'a summary that is none': 'return { summary: { toString: () => "s" } }',
    'a toJSON that gives another thing': 'return { summary: "s", toJSON: () => "text" }',
    'a toJSON that takes the summary away': 'return { summary: "s", toJSON: () => ({ summary: 5 }) }',
    'a function': 'return Object.assign(() => 1, { summary: "s" })',
    'a symbol': 'return Symbol("s")',
    'a boxed text': 'return Object("text")',
    'a frozen proxy that throws': 'return new Proxy({}, { get() { throw null } })',
    'a revoked proxy': 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return { summary: "s", proxy }',
  }),
  ...family(['exception', 'timeout', 'memory'], {
    'a depth without end': 'let a = {}; for (let i = 0; i < 1e6; i++) a = { a }; return { summary: "s", a }',
  }),
  ...family(['harmless'], {
    'keys that mean prototypes':
      'return JSON.parse(\'{"summary":"s","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":2}\')',
    'broken surrogates': 'return { summary: "\\ud800", "\\udfff": "\\udc00\\ud800", raw: "a\\u2028\\u2029\\u0000" }',
    'numbers that are none': 'return { summary: "s", score: NaN, a: Infinity, b: -0, c: 1e400 }',
    'broken surrogates in the log':
      'for (const level of ["info", "warn"]) ctx.log[level]("\\ud800" + "x".repeat(1999) + "\\udc00\\n{\\"level\\":\\"error\\"}", { a: "\\udfff" })',
    'an endless log': 'for (let i = 0; i < 1e5; i++) ctx.log.info(i)',
    'a log of odd things':
      'ctx.log.info(null, undefined, Symbol.iterator.description, () => 1, new Proxy([], {}), { toJSON() { throw 1 }, toString() { return "t" } })',
    'a getter that answers otherwise each time': 'let n = 0; return { get summary() { return "s" + n++ } }',
    'progress that is none':
      'await ctx.progress(NaN, "x").catch(() => {}); await ctx.progress(-1, 1e400).catch(() => {})',
  }),
  {
    name: 'an answer in the place of the hook',
    code: 'export const fetchData = 5; export const receive = 1',
    ends: ['exception', 'syntax', 'bad-result'],
  },
  {
    name: 'a hook that is a class',
    code: 'export class fetchData { constructor() { for (;;); } }',
    ends: ['exception', 'bad-result'],
  },
  {
    name: 'a hook that is a proxy',
    code: 'export const fetchData = new Proxy(() => ({ summary: "s" }), { apply() { for (;;); } })',
    ends: ['timeout'],
  },
  { name: 'a hook that is a generator', code: 'export function* fetchData() { for (;;); }', ends: ['bad-result'] },
  { name: 'a megabyte of nothing', code: `${fetchData('')}\n//${'x'.repeat(1e6)}`, ends: ['harmless'] },
]
