import type { Attack, Ending } from '../attack.ts'
import { LOOT } from './escape.ts'
import { fetchData } from './module.ts'

const task = (name: string, body: string, ends: Ending[]): Attack => ({
  name: `a task: ${name}`,
  code: `export async function backgroundTask(ctx) {\n${body}\n}`,
  ends,
  hook: 'backgroundTask',
})
const receiver = (name: string, body: string, ends: Ending[]): Attack => ({
  name: `a receiver: ${name}`,
  code: `export async function receive(messages, ctx) {\n${body}\n}`,
  ends,
  hook: 'receive',
})
const test = (name: string, body: string): Attack => ({
  name: `a test: ${name}`,
  code: fetchData(body),
  ends: ['failed test', 'harmless'],
  hook: 'test',
})
const stuck: Ending[] = ['timeout', 'memory', 'crashed', 'exception']

/** The other ways in. */
export const hooks: Attack[] = [
  task('an endless loop', 'for (;;);', ['timeout']),
  task('records without end', 'for (let i = 0; ; i++) await ctx.dataset.put("k" + i, { i })', stuck),
  task(
    'records without end that it does not wait for',
    'for (let i = 0; ; i++) ctx.dataset.put("k" + i, "v".repeat(500)).catch(() => {})',
    stuck,
  ),
  task('a record of a quarter of a gigabyte', 'await ctx.dataset.put("k", "v".repeat(2 ** 28))', [
    'output-too-large',
    ...stuck,
  ]),
  task('progress without end', 'for (let i = 0; ; i++) await ctx.progress(i, 1e15)', stuck),
  task(
    'log lines without end',
    'for (let i = 0; ; i++) { ctx.log.info("x".repeat(2000)); if (i % 1000 === 0) await new Promise((r) => setTimeout(r, 0)) }',
    stuck,
  ),
  task(
    'entities that mean prototypes',
    'await ctx.entities.put(JSON.parse(\'{"__proto__":{"x":1},"constructor":1}\')); await ctx.links.put({ ["\\ud800"]: "\\udfff" })',
    ['harmless'],
  ),
  task('records after the end', 'setTimeout(() => ctx.dataset.put("late", ctx.config.label), 1)', ['harmless']),
  task('a value that is written as more', 'await ctx.dataset.put("k", { toJSON: () => "\\u0000".repeat(60000) })', [
    'output-too-large',
    'exception',
  ]),
  task(
    'a way out',
    `${LOOT} await ctx.dataset.put("loot", JSON.stringify(loot(ctx.dataset.put.constructor.constructor, ctx)))`,
    ['harmless'],
  ),
  task('something that it gives back', 'return { summary: "x".repeat(1e6), then: undefined }', ['harmless']),
  receiver('an endless loop', 'for (;;);', ['timeout']),
  receiver('nothing', 'return null', ['bad-result']),
  receiver('more outcomes than messages', 'return Array.from({ length: 5000 }, () => ({ accepted: true }))', [
    'bad-result',
    'output-too-large',
  ]),
  receiver('a huge reason', 'return [{ accepted: false, reason: "x".repeat(1e7) }]', ['output-too-large', 'memory']),
  receiver('an array that is none', 'return { length: 1, 0: { accepted: true } }', ['bad-result']),
  receiver('outcomes that loop', 'return [{ get accepted() { for (;;); } }]', ['timeout']),
  receiver(
    'a message that is written over',
    'Object.setPrototypeOf(messages, null); messages.length = 0; messages.x = messages; return messages',
    ['bad-result', 'exception'],
  ),
  test('an endless loop', 'for (;;);'),
  test('all memory', 'const a = []; for (;;) a.push(new Array(1000).fill({}))'),
  test('log lines without end', 'for (;;) { ctx.log.info("x".repeat(2000)); await null }'),
  test(
    'calls to where it may not',
    'for (let i = 0; i < 50; i++) await ctx.fetch("http://127.0.0.1:" + ctx.config.tcpPort).catch(() => {})',
  ),
]
