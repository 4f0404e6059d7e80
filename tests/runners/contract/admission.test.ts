import { describe, expect, it } from 'vitest'
import { Admission } from '../../../runners/contract/server/calls/admission.ts'
import { Cancellation } from '../../../runners/contract/server/calls/cancellation.ts'

const soon = () => Date.now() + 60_000
const enter = (admission: Admission, source: string, limit = 100, deadlineMs = soon(), signal = new Cancellation()) =>
  admission.enter(source, limit, deadlineMs, signal)

describe('admission', () => {
  it("lets calls run up to the source's own number, and the next when one leaves", async () => {
    const admission = new Admission({ running: 10, waitingPerSource: 5, waiting: 10 })
    expect(enter(admission, 'a', 1)).toBeUndefined()
    const second = enter(admission, 'a', 1)
    expect(second).toBeInstanceOf(Promise)
    expect(enter(admission, 'b', 1)).toBeUndefined()
    admission.leave('a')
    expect(await second).toBeUndefined()
    expect([admission.running, admission.waiting]).toEqual([2, 0])
  })

  it('refuses when a line is full, and when all lines are', () => {
    const admission = new Admission({ running: 1, waitingPerSource: 1, waiting: 2 })
    void enter(admission, 'a')
    void enter(admission, 'a')
    expect(enter(admission, 'a')).toMatchObject({ reason: 'overloaded' })
    void enter(admission, 'b')
    expect(enter(admission, 'c')).toMatchObject({ reason: 'overloaded' })
  })

  it('serves waiting sources in turn, not the longest line first', async () => {
    const admission = new Admission({ running: 1, waitingPerSource: 10, waiting: 20 })
    const order: string[] = []
    void enter(admission, 'start')
    for (const source of ['busy', 'busy', 'busy', 'quiet'])
      void (enter(admission, source) as Promise<undefined>).then(() => order.push(source))
    for (const source of ['start', 'busy', 'quiet', 'busy']) {
      admission.leave(source)
      await Promise.resolve()
      await Promise.resolve()
    }
    expect(order).toEqual(['busy', 'quiet', 'busy', 'busy'])
  })

  it('drops who is cancelled or late from the line', async () => {
    const admission = new Admission({ running: 1, waitingPerSource: 10, waiting: 20 })
    void enter(admission, 'a')
    const signal = new Cancellation()
    const cancelled = enter(admission, 'a', 100, soon(), signal)
    const late = enter(admission, 'a', 100, Date.now() - 1)
    signal.abort()
    expect(await cancelled).toMatchObject({ reason: 'cancelled' })
    expect(await late).toMatchObject({ reason: 'overloaded' })
    expect(admission.waiting).toBe(0)
  })

  it('keeps the last places for sources that have few: long calls of some do not hold all of them', async () => {
    const admission = new Admission({ running: 16, waitingPerSource: 100, waiting: 200 })
    const enteredAtOnce = (source: string, times: number) =>
      Array.from({ length: times }, () => enter(admission, source)).filter((answer) => answer === undefined).length
    expect(enteredAtOnce('rogue', 20)).toBe(12)
    expect(enteredAtOnce('another rogue', 20)).toBe(4)
    // All are taken now; the next free one is not for who has many already.
    const waiting = enter(admission, 'neighbour')
    admission.leave('rogue')
    expect(await waiting).toBeUndefined()
    expect(enter(admission, 'rogue')).toBeInstanceOf(Promise)
  })
})
