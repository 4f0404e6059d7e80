import { Arena } from '../arena.ts'
import { NEIGHBOUR_CODE } from './neighbour-code.ts'
import { fetchData } from './module.ts'
import { update, versionOf, ask } from '../../contract/ask.ts'

const arena = await Arena.open({ language: 'javascript', neighbourCode: NEIGHBOUR_CODE })
const tries: [string, string][] = [
  [
    'late microtask spin after answer',
    fetchData(`await new Promise(r => setTimeout(r, 1)); (async () => { for (;;) await null })(); `),
  ],
  [
    'late loop answered first',
    fetchData(
      `await new Promise(r => setTimeout(r, 1)); Promise.resolve().then(() => Promise.resolve()).then(()=>{}).then(()=>{}).then(()=>{}).then(() => { for (;;); });`,
    ),
  ],
  ['late bigint', fetchData(`await new Promise(r => setTimeout(r, 1)); let n = 3n; for (;;) n = n ** 7n`)],
  ['late native fill', fetchData(`await new Promise(r => setTimeout(r, 1)); Array.from({ length: 2 ** 30 })`)],
  [
    'spin turns',
    fetchData(
      `for (;;) { const e = Date.now() + 5; while (Date.now() < e); await new Promise(r => setTimeout(r, 1)) }`,
    ),
  ],
  [
    'reason crashed',
    fetchData(
      `const e = new SourceError('provider-error', 'x'); Object.defineProperty(e, 'reason', { value: 'crashed' }); throw e`,
    ),
  ],
  [
    'reason object',
    fetchData(
      `const e = new SourceError('provider-error', 'x'); Object.defineProperty(e, 'reason', { value: { toJSON() { throw 1 } } }); throw e`,
    ),
  ],
  [
    'reason overloaded',
    fetchData(
      `const e = new SourceError('provider-error', 'x'); Object.defineProperty(e, 'reason', { value: 'overloaded' }); throw e`,
    ),
  ],
  [
    'signal proto',
    fetchData(
      `try { Object.getPrototypeOf(ctx.signal).x = 1 } catch {}; return { summary: String(Object.getPrototypeOf(ctx.signal).x) }`,
    ),
  ],
  [
    'big fetch',
    fetchData(
      `try { await ctx.fetch('http://x/', { method: 'POST', body: 'x'.repeat(1e6) }) } catch (e) { return { summary: e.name + e.message } }`,
    ),
  ],
  ['tla', `const x = await Promise.resolve(7); export const fetchData = () => ({ summary: String(x) })`],
  ['tla never', `await new Promise(() => {}); export const fetchData = () => ({ summary: 's' })`],
  ['tla reject', `\nawait Promise.reject(new Error('no')); export const fetchData = () => ({ summary: 's' })`],
  ['tla timer', `await new Promise((r) => setTimeout(r, 5)); export const fetchData = () => ({ summary: 's' })`],
  [
    'finreg',
    fetchData(
      `const r = new FinalizationRegistry(() => { for (;;); }); for (let i = 0; i < 1000; i++) r.register({ a: new Array(1000) }, i); const g = []; for (let i = 0; i < 3e5; i++) g.push({}); return { summary: 'x' }`,
    ),
  ],
  ['toJSON summary', fetchData(`return { summary: 's', toJSON() { return { summary: 5 } } }`)],
  ['bom', `\uFEFFexport async function fetchData() { throw new Error('x') }`],
  ['crlf', `const a = 1\r\nexport async function fetchData() {\r\n  throw new Error('x')\r\n}`],
  ['syntax', `const a = 1\r\nexport async function fetchData() {\r\n  return {{\r\n}`],
  ['string', fetchData(`throw 'text'`)],
  ['template', 'export async function fetchData() {\n  const t = `a\nb ${null.x}`\n}'],
]
const only = process.argv[2]
for (const [name, code] of tries) {
  if (only && !name.includes(only)) continue
  const version = versionOf(code)
  const { diagnostics } = await update(arena.runner, version)
  const at = performance.now()
  const answer = diagnostics.length
    ? { diagnostics }
    : await ask(arena.runner, version.hash, {
        value: 'attack',
        context: {
          trustDomain: 'd',
          limits: { wallMs: 300, cpuMs: 100, memoryBytes: 32 << 20, outputBytes: 65536 } as never,
        },
        deadlineMs: 9000,
      })
  const took = performance.now() - at
  await new Promise((r) => setTimeout(r, 100))
  const idle = await arena.idleUse()
  console.log(
    name,
    '|',
    Math.round(took),
    'ms | idle',
    idle ? 'yes' : 'NO',
    '|',
    'ok' in answer
      ? answer.ok
        ? JSON.stringify(answer.result)
        : `${answer.reason} ${answer.failure.message.slice(0, 150)} @${answer.failure.line}:${answer.failure.column}`
      : JSON.stringify(answer),
  )
}
console.log(await arena.breaches(), arena.neighbour.answered)
await arena.close()
