import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadOf, startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'
import { treeUse } from '../hostile/runner-tree.ts'

const MB = 1024 * 1024
/** Ends with some 30 MB of garbage on its heap, which V8 collects only when the isolate runs again. */
const WASTES = (name: number) => `let kept
export async function fetchData(indicator) {
  kept = Array.from({ length: 250000 }, (_, i) => ({ i, text: 'x' + i }))
  kept = undefined
  return { summary: '${name} ' + indicator.value }
}`
const VERSIONS = 16
const context = { trustDomain: 'wasteful' }

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('javascript')
})
afterAll(() => runner.stop())

it('what calls left on the heaps of many isolates in one process is given back, and all of them answer again', async () => {
  const hashes = await Promise.all(Array.from({ length: VERSIONS }, (_, i) => publish(runner, WASTES(i))))
  const askAll = async () => {
    const summaries: unknown[] = []
    for (const hash of hashes) {
      const answer = await ask(runner, hash, { value: 'v', context })
      summaries.push(answer.ok ? answer.result?.['summary'] : answer.failure.message)
    }
    return summaries
  }
  const expected = hashes.map((_, i) => `${i} v`)
  const idleBytes = treeUse(runner.pid).mostBytes
  expect(await askAll()).toEqual(expected)
  const bound = idleBytes + VERSIONS * 8 * MB + 64 * MB
  // V8 gives the pages of isolates that are gone back to the system some 8 s later.
  await expect.poll(() => treeUse(runner.pid).mostBytes, { timeout: 25_000 }).toBeLessThan(bound)
  expect(await askAll()).toEqual(expected)
})

it('a hundred sources of one process that answer at once, and rest at once, are too many threads for nobody', async () => {
  const code = (name: number) =>
    `export async function fetchData(i) { await new Promise((r) => setTimeout(r, 20)); return { summary: '${name}' } }`
  const hashes = await Promise.all(Array.from({ length: 120 }, (_, i) => publish(runner, code(i))))
  const askAll = () => Promise.all(hashes.map((hash) => ask(runner, hash, { context: { trustDomain: 'many' } })))
  const quick = await publish(runner, `export function fetchData() { return { summary: 'quick' } }`)
  const askQuick = () => ask(runner, quick, { context: { trustDomain: 'many' } })
  await askAll()
  const { killsTotal } = await loadOf(runner)
  for (let round = 0; round < 8; round += 1) {
    const answers = await askAll()
    expect(answers.filter((answer) => !answer.ok)).toEqual([])
    // The heaps are looked at 100 ms after a call, and then the process is busy with something else.
    for (let burst = 0; burst < 10; burst += 1) await Promise.all(Array.from({ length: 60 }, () => askQuick()))
  }
  expect((await loadOf(runner)).killsTotal).toBe(killsTotal)
})
