import { afterAll, beforeAll, expect, it } from 'vitest'
import { startRunner, type StartedRunner } from '../../support/runner.ts'
import { ask } from './ask-python.ts'

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('python')
})
afterAll(() => runner.stop())

const run = (body: string) =>
  ask(runner, `import indag\ndef fetch_data(i, ctx):\n    ${body}\n    return {"summary": "done"}\n`)

it.each([
  ['a body of bytes', 'ctx.fetch("https://x.example.com/", method="POST", body=b"x" * 900_000)'],
  ['a body of text', 'ctx.fetch("https://x.example.com/", method="POST", body="x" * 1_200_000)'],
])('%s that is too large is refused at the line of the author, and nothing dies of it', async (_, body) => {
  expect(await run(body)).toMatchObject({
    reason: 'EXCEPTION',
    message: expect.stringContaining('A request may have at most 1048576 bytes'),
    line: 3,
  })
  expect(await run(`try: ${body}\n    except indag.FetchError as e: assert e.reason == "bad-request"`)).toMatchObject({
    result: { summary: 'done' },
  })
})

it('what is emitted is too large: at the line of the author', async () => {
  expect(await run('ctx.dataset.put("k", "€" * 250_000)')).toMatchObject({
    reason: 'OUTPUT_TOO_LARGE',
    message: expect.stringContaining('One dataset is larger than 1048576 bytes'),
    line: 3,
  })
})

it('a log line that no code of ours would send ends the worker before it is read', async () => {
  const flood = `indag._host.channel.send(69, indag._host.channel.call_id, b'{"level":"info","message":"x","k":"' + b"y" * 90_000 + b'"}')`
  expect(await run(`${flood}\n    import time\n    time.sleep(5)`)).toMatchObject({
    reason: 'CRASHED',
    message: expect.stringContaining('a malformed log line'),
  })
  expect(await run('pass')).toMatchObject({ result: { summary: 'done' } })
})
