import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { run } from '../contract/ask.ts'

// Looks at each and every object that an author's code can reach without having made it, without any of the lock-down's short cuts.
const LOOKS = `export async function fetchData(indicator, ctx) {
  const seen = new Set()
  const open = []
  const walk = (value, path) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.add(value)
    if (!Object.isFrozen(value)) open.push(path)
    walk(Object.getPrototypeOf(value), path + '.__proto__')
    for (const key of Reflect.ownKeys(value)) {
      const { value: inner, get, set } = Object.getOwnPropertyDescriptor(value, key)
      walk(inner, path + '.' + String(key))
      walk(get, path + '.get ' + String(key))
      walk(set, path + '.set ' + String(key))
    }
  }
  walk(globalThis, 'globalThis')
  const made = {
    'an iterator of an array': [][Symbol.iterator](), 'of a text': ''[Symbol.iterator](), 'of a map': new Map().entries(), 'of a set': new Set().values(),
    'of matches': 'x'.matchAll(/x/g), 'a helper': [].values().map((x) => x), 'a wrapped iterator': Iterator.from({ next: () => ({ done: true }) }),
    'a generator': Object.getPrototypeOf((function* () {})()), 'an async generator': Object.getPrototypeOf((async function* () {})()), 'an async function': async () => {}, 'a generator function': function* () {},
    'an async generator function': async function* () {}, 'a typed array': new Uint8Array(1), 'a promise': Promise.resolve(), 'a regular expression': /x/,
    'an error': new TypeError('x'), 'a view': new DataView(new ArrayBuffer(1)), 'a URL': new URL('http://a/'),
  }
  for (const [name, value] of Object.entries(made)) walk(Object.getPrototypeOf(value), name + '.__proto__')
  for (const [name, value] of Object.entries(ctx)) if (typeof value === 'object' && value) walk(Object.getPrototypeOf(value), 'ctx.' + name + '.__proto__')
  try { await ctx.fetch('http://nowhere.invalid/') } catch (error) { walk(Object.getPrototypeOf(error), 'what fetch throws.__proto__') }
  return { summary: seen.size + ' objects', raw: { open } }
}`

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('javascript')
})
afterAll(() => runner.stop())

it('all that code finds is frozen, wherever it looks', async () => {
  const answer = await run(runner, LOOKS)
  expect(answer).toMatchObject({ ok: true, result: { raw: { open: [] } } })
  expect(answer.ok && parseInt(String(answer.result?.['summary']), 10)).toBeGreaterThan(700)
})
