import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, fetchData, pythonVersion } from './ask-python.ts'

// Calls of a source whose calls are short are sent ahead into a worker that is still busy. None may suffer by it.
const code = `
import threading, time
state = threading.local()
def fetch_data(i, ctx):
    if i.value == "loop":
        while True: pass
    if i.value == "native": sum(range(10 ** 15))
    if i.value == "exit": __import__("os")._exit(1)
    if i.value == "sleep": time.sleep(0.1)
    if i.value == "thread": threading.Thread(target=time.sleep, args=(60,)).start()
    if i.value == "ask":
        try: ctx.fetch("http://nowhere.invalid/")
        except Exception: pass
    return {"summary": i.value}
`
const version = pythonVersion(code)
let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('python')
  await ask(runner, code)
})
afterAll(() => runner.stop())

const limits = { wallMs: 800, cpuMs: 60_000 }
const one = (value: string) =>
  fetchData(runner, version, { indicator: { kind: 'x', value }, context: { limits: limits as never } })
/** So many that its calls are known to be short. */
const warmUp = async () => {
  for (let round = 0; round < 30; round += 1) await one('warm')
}

describe('short calls that are sent ahead into a busy worker', () => {
  it('all answer, each with its own result', async () => {
    await warmUp()
    const values = Array.from({ length: 64 }, (_, index) => `value ${index}`)
    const answers = await Promise.all(values.map(one))
    expect(answers.map((answer) => answer.outcome === 'found' && answer.result.summary)).toEqual(values)
  })

  it.each(['loop', 'native', 'exit'])('answer all the same when one of them ends the worker: %s', async (end) => {
    await warmUp()
    const before = Array.from({ length: 10 }, (_, index) => one(`before ${index}`))
    const culprit = one(end)
    const after = Array.from({ length: 20 }, (_, index) => one(`after ${index}`))
    for (const answer of await Promise.all([...before, ...after])) expect(answer).toMatchObject({ outcome: 'found' })
    expect(await culprit).toMatchObject({ outcome: 'failed', reason: end === 'exit' ? 'CRASHED' : 'TIMEOUT' })
  })

  it.each(['sleep', 'thread', 'ask'])(
    'wait or go elsewhere when one takes long, asks the host or leaves a thread: %s',
    async (slow) => {
      await warmUp()
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => one(index % 16 === 3 ? slow : `quick ${index}`)),
      )
      expect(answers.filter((answer) => answer.outcome !== 'found')).toEqual([])
    },
  )
})
