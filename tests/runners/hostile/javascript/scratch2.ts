import { startRunner } from '../../../support/runner.ts'
import { ask, publish } from '../../contract/ask.ts'
const runner = await startRunner('javascript')
const t0 = Date.now()
const sleeper = await publish(
  runner,
  `export async function fetchData(i) { await new Promise((r) => setTimeout(r, 150)); return { summary: 'slept' } }`,
)
const killer = await publish(
  runner,
  `export async function fetchData(i) { await new Promise((r) => setTimeout(r, 20)); new Array(2 ** 27).fill(1); for (;;); }`,
)
const context = { trustDomain: 'd', limits: { wallMs: 4000, cpuMs: 4000, memoryBytes: 32 << 20 } as never }
await ask(runner, sleeper, { context })
const say = (what: string) => (a: any) =>
  console.log(Date.now() - t0, what, a.ok ? 'ok' : a.reason + ' ' + a.failure.message)
await Promise.all([
  ask(runner, killer, { context }).then(say('culprit')),
  ...[1, 2, 3, 4].map((n) => ask(runner, sleeper, { context }).then(say('sleeper'))),
])
console.log(runner.logs.join('\n'))
await runner.stop()
