import type { Attack } from '../attack.ts'
import { family } from './module.ts'

export const errors: Attack[] = [
  ...family(['exception'], {
    'nothing is thrown': 'throw null',
    'undefined is thrown': 'throw undefined',
    'a symbol is thrown': 'throw Symbol("s")',
    'a function is thrown': 'throw () => { for (;;); }',
    'a big number is thrown': 'throw 5n',
    'a proxy is thrown that throws': 'throw new Proxy({}, { get() { throw new Error("inner") } })',
    'an error with a huge name': 'const e = new Error("m"); e.name = "n".repeat(1e7); throw e',
    'an error with a huge message': 'throw new Error("x".repeat(1e7))',
    'an error with a false place':
      'const e = new Error("m"); e.stack = "Error\\n    at x (source.js:9999999:9999999)"; throw e',
    'an error with a frame of ours in its message': 'throw new Error("\\u0000\\ud800\\n    at /etc/passwd:1:1")',
    'a prototype that lies':
      'throw Object.create(new Proxy(Error.prototype, { get: (t, k) => (k === "message" ? "x" : undefined) }))',
    'an error that is a date': 'throw new Date(NaN)',
    'a rejection that nobody sees': 'Promise.reject(new Error("unseen")); throw new Error("seen")',
    'an aggregate of itself': 'const e = new AggregateError([], "m"); e.errors.push(e); e.cause = e; throw e',
    prepareStackTrace: `try { Error.prepareStackTrace = () => { for (;;); } } catch {} try { Object.defineProperty(Error, 'prepareStackTrace', { value: () => { for (;;); } }) } catch {} throw new Error('m')`,
    'a stack without end':
      'try { Error.stackTraceLimit = Infinity } catch {} const f = (n) => { if (n === 0) throw new Error("m"); f(n - 1) }; f(5000)',
  }),
  ...family(['timeout'], {
    'a message that loops': 'throw { get message() { for (;;); } }',
    'a name that loops': 'throw { get name() { for (;;); } }',
    'a stack that loops':
      'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e',
    'a proxy that loops': 'throw new Proxy(new Error(), { get() { for (;;); } })',
    'a proxy whose prototype loops': 'throw new Proxy(new Error(), { getPrototypeOf() { for (;;); } })',
    'a proxy that loops after a timer':
      'await new Promise((r) => setTimeout(r, 1)); throw new Proxy(new Error(), { get() { for (;;); } })',
    'a text that loops':
      'throw { name: "x", message: "y", stack: "z", toString() { for (;;); }, [Symbol.toPrimitive]() { for (;;); }, get stack() { for (;;); } }',
  }),
  ...family(['egress-denied'], {
    'an error of the host that is thrown on': `await ctx.fetch('file:///etc/passwd')`,
  }),
  ...family(['harmless', 'exception', 'timeout', 'memory', 'crashed'], {
    'an error of half a gigabyte': `throw new Error('x'.repeat(2 ** 29 - 30))`,
    'a text of half a gigabyte': `throw 'x'.repeat(2 ** 29 - 30)`,
  }),
]
