import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HookCall } from '../../../runners/contract/executor.ts'
import { Quarantine } from '../../../runners/contract/server/calls/quarantine.ts'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'

const RULES = { kills: 3, withinMs: 1_000, firstMs: 100, longestMs: 300 }
const callOf = (hash: string, trustDomain = 'd') => ({ version: { hash }, trustDomain }) as HookCall

function open() {
  const clock = { nowMs: 1_000_000 }
  const quarantine = new Quarantine(RULES, () => clock.nowMs)
  const kill = (times: number, call = callOf('v')) => {
    for (let count = 0; count < times; count += 1) quarantine.settle(call, 'killed')
  }
  return { clock, quarantine, kill }
}

describe('a quarantine', () => {
  it('begins with the third kill within the time, for that version in that domain only', () => {
    const { quarantine, kill } = open()
    kill(2)
    expect(quarantine.refuse(callOf('v'))).toBeUndefined()
    kill(1)
    expect(quarantine.refuse(callOf('v'))).toMatchObject({ reason: 'quarantined', retryAfterMs: 100 })
    expect(quarantine.refuse(callOf('w'))).toBeUndefined()
    expect(quarantine.refuse(callOf('v', 'another'))).toBeUndefined()
    expect(quarantine.size).toBe(1)
  })

  it('does not begin when the kills are far apart, whatever goes well between them', () => {
    const { quarantine, kill, clock } = open()
    for (let count = 0; count < 10; count += 1) {
      kill(1)
      quarantine.settle(callOf('v'), 'holds')
      clock.nowMs += 600
    }
    expect(quarantine.refuse(callOf('v'))).toBeUndefined()
  })

  it('lets one call in when its time is over, and ends when that holds', () => {
    const { quarantine, kill, clock } = open()
    kill(3)
    clock.nowMs += 100
    expect(quarantine.refuse(callOf('v'))).toBeUndefined()
    expect(quarantine.refuse(callOf('v'))).toMatchObject({ reason: 'quarantined' })
    quarantine.settle(callOf('v'), 'holds')
    expect(quarantine.refuse(callOf('v'))).toBeUndefined()
    kill(2)
    expect(quarantine.refuse(callOf('v'))).toBeUndefined()
  })

  it('is twice as long after each trial that kills, up to the longest', () => {
    const { quarantine, kill, clock } = open()
    kill(3)
    for (const nextMs of [200, 300, 300]) {
      clock.nowMs += 300
      expect(quarantine.refuse(callOf('v'))).toBeUndefined()
      kill(1)
      expect(quarantine.refuse(callOf('v'))).toMatchObject({ retryAfterMs: nextMs })
    }
  })

  it('tries again with the next call when the trial was cut short', () => {
    const { quarantine, kill, clock } = open()
    kill(3)
    clock.nowMs += 100
    expect(quarantine.refuse(callOf('v'))).toBeUndefined()
    quarantine.settle(callOf('v'), 'nothing')
    expect(quarantine.refuse(callOf('v'))).toBeUndefined()
  })
})

const CODE = {
  javascript: `export async function fetchData(i) { if (i.value === 'die') 'x'.repeat(2 ** 29 - 30).split(''); return { summary: i.value } }`,
  python: `import os
def fetch_data(i, ctx):
    if i.value == "die": os._exit(0)
    return {"summary": i.value}
`,
}

describe.each(['javascript', 'python'] as const)('a %s source that crashes again and again', (language) => {
  let runner: StartedRunner
  beforeAll(async () => {
    runner = await startRunner(language)
  })
  afterAll(() => runner.stop())

  it(
    'is kept out with a reason, costs its neighbours nothing, and comes back after a while',
    { timeout: 180_000 },
    async () => {
      const [crashing, good] = [
        await publish(runner, CODE[language], language),
        await publish(runner, `${CODE[language]}\n`, language),
      ]
      const reasons: string[] = []
      while (reasons.at(-1) !== 'quarantined' && reasons.length < 40) {
        const answer = await ask(runner, crashing, { value: 'die', context: { limits: { wallMs: 60_000 } as never } })
        reasons.push(answer.ok ? 'ok' : answer.reason)
      }
      // Where there are control groups the kernel says that it was for memory. Five are enough, unless the machine is slower than they come.
      expect(reasons.length).toBeGreaterThan(5)
      expect(new Set(reasons.map((reason) => reason.replace('memory', 'crashed')))).toEqual(
        new Set(['crashed', 'quarantined']),
      )
      const refused = await ask(runner, crashing, { value: 'fine' })
      expect(refused).toMatchObject({ ok: false, code: 9, reason: 'quarantined' })
      if (refused.ok) throw new Error('it was let in')
      expect(Number(refused.failure.retryAfterMs)).toBeGreaterThan(0)
      expect(refused.failure.message).toMatch(/ended its sandboxed process 5 times within 60 s.*Mend/)
      expect(await ask(runner, good)).toMatchObject({ ok: true })
      // Another domain has a configuration of its own: it is not to blame.
      expect(await ask(runner, crashing, { context: { trustDomain: 'another' } })).toMatchObject({ ok: true })
      await expect
        .poll(() => ask(runner, crashing, { value: 'fine' }), { timeout: 60_000, interval: 500 })
        .toMatchObject({ ok: true, result: { summary: 'fine' } })
    },
  )
})
