import { describe, expect, it } from 'vitest'
import { chooseEndpoint, type Candidate } from '../../../../backend/runner-pool/endpoints/choose-endpoint.ts'
import { FairQueue } from '../../../../backend/runner-pool/endpoints/fair-queue.ts'
import { sound } from '../../../../backend/runner-pool/endpoints/standing.ts'

type Named = Candidate & { name: string }
const runner = (name: string, more: Partial<Candidate> & { slow?: number } = {}): Named => ({
  name,
  state: 'serving',
  inFlight: 0,
  capacity: 4,
  standing: sound,
  slowness: () => more.slow ?? 1,
  ...more,
})
const aside = { faults: 3, asideUntilMs: 200 }
type Choice = { avoid?: Named[]; mayTry?: boolean; nowMs?: number }
const choose = (all: Named[], { avoid = [], mayTry = false, nowMs = 100 }: Choice = {}) => {
  const chosen = chooseEndpoint(all, { avoid: new Set(avoid), mayTry, nowMs })
  return typeof chosen === 'string' ? chosen : chosen.name
}

describe('the choice of a runner', () => {
  it('takes the least work ahead: calls in flight times how slow it is', () => {
    expect(choose([runner('a', { inFlight: 1 }), runner('b')])).toBe('b')
    expect(choose([runner('a', { slow: 2 }), runner('b')])).toBe('b')
    expect(choose([runner('a', { inFlight: 2, slow: 1 }), runner('b', { slow: 5 })])).toBe('a')
    expect(choose([runner('a', { inFlight: 3, slow: 1 }), runner('b', { slow: 3 })])).toBe('b')
  })

  it('takes none that is away, draining or full', () => {
    expect(choose([runner('a', { state: 'silent' }), runner('b', { state: 'draining' })])).toBe('none')
    expect(choose([runner('a', { state: 'wrong-token' }), runner('b', { state: 'starting' })])).toBe('none')
    expect(choose([runner('a', { inFlight: 4 })])).toBe('full')
    expect(choose([])).toBe('none')
  })

  it('takes one that failed this call, or was set aside, only as the last resort', () => {
    const [failed, resting, good] = [
      runner('failed'),
      runner('resting', { standing: aside }),
      runner('good', { slow: 9 }),
    ]
    expect(choose([failed, resting, good], { avoid: [failed] })).toBe('good')
    expect(choose([failed, resting], { avoid: [failed] })).toBe('resting')
    expect(choose([resting])).toBe('resting')
    expect(choose([failed], { avoid: [failed] })).toBe('failed')
  })

  it('lets one call at a time, which may run twice, try a runner whose rest is over', () => {
    const [resting, good] = [runner('resting', { standing: aside, slow: 9 }), runner('good')]
    expect(choose([good, resting], { mayTry: true, nowMs: 199 })).toBe('good')
    expect(choose([good, resting], { mayTry: true, nowMs: 200 })).toBe('resting')
    expect(choose([good, resting], { mayTry: false, nowMs: 200 })).toBe('good')
    expect(choose([good, resting], { mayTry: true, nowMs: 200, avoid: [resting] })).toBe('good')
    expect(choose([good, { ...resting, inFlight: 1 }], { mayTry: true, nowMs: 200 })).toBe('good')
  })

  it('waits for a good one rather than asking one that failed', () => {
    const failed = runner('failed')
    expect(choose([failed, runner('busy', { inFlight: 4 })], { avoid: [failed] })).toBe('full')
  })
})

describe('a fair queue', () => {
  it('takes turns between keys and keeps the order within one', () => {
    const queue = new FairQueue<string>()
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item.charAt(0), item)
    const served: string[] = []
    queue.serve((item) => served.push(item) > 0)
    expect(served).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
    expect(queue.size).toBe(0)
  })

  it('goes on with the next key where it stopped', () => {
    const queue = new FairQueue<string>()
    for (const item of ['a1', 'a2', 'b1']) queue.push(item.charAt(0), item)
    const served: string[] = []
    const takeOne = () => {
      let room = 1
      queue.serve((item) => room-- > 0 && served.push(item) > 0)
    }
    takeOne()
    takeOne()
    takeOne()
    expect(served).toEqual(['a1', 'b1', 'a2'])
  })

  it('forgets who left', () => {
    const queue = new FairQueue<string>()
    queue.push('a', 'a1')
    queue.remove('a', 'a1')
    queue.remove('a', 'a1')
    expect(queue.size).toBe(0)
    queue.serve(() => expect.unreachable())
  })
})
