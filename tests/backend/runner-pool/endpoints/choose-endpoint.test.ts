import { describe, expect, it } from 'vitest'
import { chooseEndpoint, type Candidate } from '../../../../backend/runner-pool/endpoints/choose-endpoint.ts'
import { FairQueue } from '../../../../backend/runner-pool/endpoints/fair-queue.ts'

type Named = Candidate & { name: string }
const runner = (name: string, more: Partial<Candidate> & { latency?: number } = {}): Named => ({
  name,
  state: 'serving',
  inFlight: 0,
  capacity: 2,
  setAsideUntilMs: 0,
  latencyMs: () => more.latency ?? 1,
  ...more,
})
const choose = (all: Named[], avoid: Named[] = [], nowMs = 100) => {
  const chosen = chooseEndpoint(all, new Set(avoid), nowMs)
  return typeof chosen === 'string' ? chosen : chosen.name
}

describe('the choice of a runner', () => {
  it('takes the fewest calls in flight, then the lower latency', () => {
    expect(choose([runner('a', { inFlight: 1, latency: 1 }), runner('b', { latency: 900 })])).toBe('b')
    expect(choose([runner('a', { latency: 5 }), runner('b', { latency: 2 })])).toBe('b')
  })

  it('takes none that is down, draining or full', () => {
    expect(choose([runner('a', { state: 'down' }), runner('b', { state: 'draining' })])).toBe('none')
    expect(choose([runner('a', { inFlight: 2 })])).toBe('full')
    expect(choose([])).toBe('none')
  })

  it('takes one that failed this call, or was set aside, only as the last resort', () => {
    const [failed, aside, good] = [
      runner('failed'),
      runner('aside', { setAsideUntilMs: 200 }),
      runner('good', { inFlight: 1 }),
    ]
    expect(choose([failed, aside, good], [failed])).toBe('good')
    expect(choose([failed, aside], [failed])).toBe('aside')
    expect(choose([aside])).toBe('aside')
    expect(choose([failed], [failed])).toBe('failed')
    expect(choose([aside, good], [], 200)).toBe('aside')
  })

  it('waits for a good one rather than asking one that failed', () => {
    const failed = runner('failed')
    expect(choose([failed, runner('busy', { inFlight: 2 })], [failed])).toBe('full')
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
