import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestView } from '../../backend/app/api.ts'
import { startProduct, type Product } from '../support/product.ts'
import { startRunner, type StartedRunner } from '../support/runner.ts'

type Language = 'javascript' | 'python'
type Place = { language: Language; runner: StartedRunner }

const sources = ['address-class', 'address-registry', 'address-anatomy', 'well-known-addresses', 'pivot-links']

let product: Product
let places: Place[]
let asked = 0
const views: RequestView[] = []

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 2, python: 2 } })
  places = product.runners.map((runner, n) => ({ language: n < 2 ? 'javascript' : 'python', runner }))
}, 180_000)

afterAll(async () => {
  for (const { runner } of places ?? []) await runner.kill()
  await product?.stop()
}, 60_000)

/** Each asks about new addresses, so that no answer comes from memory, and waits for it. */
async function ask(): Promise<void> {
  const indicators = [1, 2].map(() => {
    asked += 1
    return `45.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}`
  })
  const answer = await product.api('/api/v1/requests', { json: { indicators, sources, wait: true, fresh: true } })
  expect(answer.status, await answer.clone().text()).toBeLessThan(300)
  let view = (await answer.json()) as RequestView
  // A request that takes longer than the API waits goes on by itself.
  while (view.state !== 'done') {
    await new Promise((resolve) => setTimeout(resolve, 50))
    view = (await (await product.api(`/api/v1/requests/${view.id}`)).json()) as RequestView
  }
  views.push(view)
}

/** Callers ask on and on while the runners suffer; each step begins when requests have ended since the last one. */
async function underLoad(steps: (more: () => Promise<void>) => Promise<void>): Promise<void> {
  let going = true
  const caller = async () => {
    while (going) await ask()
  }
  const callers = Promise.all(Array.from({ length: 6 }, caller))
  const more = async () => {
    const goal = views.length + 12
    const ended = async () => {
      while (views.length < goal) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await Promise.race([ended(), callers])
  }
  try {
    await more()
    await steps(more)
    await more()
  } finally {
    going = false
    await callers
  }
}

async function restart(place: Place): Promise<void> {
  place.runner = await startRunner(place.language, { INDAG_RUNNER_LISTEN: place.runner.address })
}

async function stateOf({ runner }: Place): Promise<string | undefined> {
  const { items } = (await (await product.api('/api/v1/runners')).json()) as {
    items: { endpoint: string; state: string }[]
  }
  return items.find(({ endpoint }) => endpoint === runner.address)?.state
}

async function untilServing(place: Place): Promise<void> {
  await expect.poll(() => stateOf(place), { timeout: 60_000, interval: 50 }).toBe('serving')
}

function expectNothingFailed(): void {
  const rows = views.flatMap(({ indicators }) => indicators.flatMap((item) => item.rows))
  expect(rows.length).toBe(views.length * 2 * sources.length)
  const bad = rows.filter(({ state }) => state !== 'found' && state !== 'not-found')
  expect(bad.map(({ source, state, reason }) => [source.slug, state, reason])).toEqual([])
}

describe('runners are harmed in turn while questions go on: every row is answered when', () => {
  it('each is killed and started again', async () => {
    await underLoad(async (more) => {
      for (const place of places) {
        await place.runner.kill()
        await more()
        await restart(place)
        await untilServing(place)
      }
    })
    expectNothingFailed()
  }, 180_000)

  it('each is told to stop and started again', async () => {
    await underLoad(async (more) => {
      for (const place of places) {
        await place.runner.stop()
        await more()
        await restart(place)
        await untilServing(place)
      }
    })
    expectNothingFailed()
  }, 180_000)

  it('one of each language is frozen and wakes up', async () => {
    await underLoad(async (more) => {
      for (const place of [places[0]!, places[3]!]) {
        process.kill(place.runner.pid, 'SIGSTOP')
        try {
          await expect.poll(() => stateOf(place), { timeout: 60_000, interval: 50 }).toBe('silent')
          await more()
        } finally {
          process.kill(place.runner.pid, 'SIGCONT')
        }
        await untilServing(place)
      }
    })
    expectNothingFailed()
  }, 180_000)
})
