import type { Attack } from '../attack.ts'
import { family, fetchData } from './module.ts'

/** What the code could do to the numbers, the calls and the timers that its messages to the host carry. */
export const numbers: Attack[] = [
  ...family(['harmless', 'exception', 'timeout'], {
    'a ctx that is written over':
      'try { ctx.deadlineMs = Infinity; ctx.fetch = null; ctx.secrets = null; Object.assign(ctx.log, { info: null }) } catch {}',
    'a signal of its own':
      'Object.defineProperty(ctx.signal, "aborted", { value: true }); new ctx.signal.constructor({ aborted: false, listeners: [] }).addEventListener("abort", () => {})',
    'a call of its own making':
      'const S = ctx.signal.constructor; const s = new S({ id: 1, closed: false, listeners: { push(f) { f() } } }); s.addEventListener("abort", () => {})',
    'a response of its own making': `const r = await ctx.fetch('http://' + ctx.config.provider + '/').catch((e) => e); try { new r.constructor({ status: 200, headers: [], body: 'x', encoding: 'base64' }).text() } catch {}`,
    'timers that are not its own':
      'for (let i = -5; i < 5000; i++) clearTimeout(i); clearTimeout({ valueOf() { for (;;); } }); clearTimeout(NaN)',
    'a timer that is no function':
      'try { setTimeout("process.exit()", 0) } catch {} try { setTimeout({ call() {} }, 0) } catch {}',
    'a timer of odd length':
      'for (const ms of [NaN, -1, 1e400, 2 ** 53, "x", {}, null, undefined]) clearTimeout(setTimeout(() => {}, ms)); await new Promise((r) => setTimeout(r, -1e9))',
    'a timer whose length asks back': 'setTimeout(() => {}, { valueOf() { return setTimeout(() => {}, 1) } })',
    'a timer that throws':
      'setTimeout(() => { throw new Error("late") }, 0); setTimeout(() => { throw null }, 0); await new Promise((r) => setTimeout(r, 5))',
    'a type that is no text': `await ctx.dns.resolve({ toString: () => 'a.invalid' }, { toString: () => 'A\\u0000' }).catch(() => {}); await ctx.dns.resolve(Symbol.iterator).catch(() => {})`,
    'a key that is no text':
      'await ctx.dataset.put({ toString: () => "" }, undefined); await ctx.entities.put(null).catch(() => {}); await ctx.links.put("text").catch(() => {})',
    'an emission that is no JSON':
      'const a = {}; a.a = a; await ctx.entities.put(a).catch(() => {}); await ctx.links.put(1n).catch(() => {}); await ctx.entities.put({ toJSON: () => undefined }).catch(() => {})',
  }),
  ...family(['crashed', 'harmless', 'exception'], {
    'an emission that means another':
      'await ctx.dataset.put("k", 1); await ctx.progress({ toJSON: () => 1, what: "dataset" }, []); await ctx.entities.put([1])',
    'an empty key': 'await ctx.dataset.put("", 1)',
  }),
  ...family(['exception', 'harmless'], {
    "a reason that is the runner's to give": `const e = new SourceError('provider-error', 'x'); Object.defineProperty(e, 'reason', { value: 'overloaded' }); throw e`,
    'a reason that has the call begun again': `const e = new SourceError('provider-error', 'x'); Object.defineProperty(e, 'reason', { value: 'crashed' }); Object.defineProperty(e, 'again', { value: 'anywhere' }); throw e`,
    'a reason that is no text': `const e = new SourceError('rate-limited', 'x', { retryAfterMs: 1e300 }); Object.defineProperty(e, 'reason', { value: { toJSON() { throw 1 } } }); Object.defineProperty(e, 'retryAfterMs', { get() { for (;;); } }); throw e`,
  }).map((attack) => ({ ...attack, ends: ['provider-error', 'rate-limited'] as never })),
  ...family(
    ['harmless', 'timeout'],
    {
      'a ctx of an earlier call': `if (indicator.value === 'victim') return { summary: 'v' }
        kept ??= ctx; ctx.log.info(await Promise.race([kept.fetch('http://127.0.0.1:' + ctx.config.tcpPort).catch((e) => e.message), new Promise((r) => setTimeout(r, 50))]))`,
    },
    { victim: 'before' },
  ).map((attack) => ({ ...attack, code: `let kept\n${attack.code}` })),
  {
    name: 'a hundred operations that nobody waits for',
    code: fetchData(`for (let i = 0; i < 99; i++) ctx.fetch('http://x.invalid/' + i).catch(() => {})`),
    ends: ['harmless'],
  },
]
