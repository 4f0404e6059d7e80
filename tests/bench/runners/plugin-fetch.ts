import { Agent, request } from 'undici'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, json, publish } from '../../runners/contract/ask.ts'
import { spreadOf } from '../support/statistics.ts'
import type { Spread } from '../support/statistics.ts'
import { LANGUAGES, openFloor, openRunner } from './targets.ts'
import type { Language } from './targets.ts'

/** What one request to a provider on loopback costs; milliseconds. */
export type FetchCost = {
  who: 'host, undici' | 'host, fetch()' | Language
  serialMs: Spread
  /** One of 16 at once: the wall time of all, divided by their number. */
  parallelMs: Spread
  /** The rounds' own ratios to the host's `fetch()`, the same interface. */
  serialRatio: Spread
  parallelRatio: Spread
  /** Serial, to the host's `request` of undici, which has less to do. */
  ofUndici: number
}

const ROUNDS = 7
const FETCHES = 160
const AT_ONCE = 16
const CODE = {
  javascript: `export async function fetchData(indicator, ctx) {
  const { url, count, atOnce } = ctx.config
  const lane = async (left) => { while (left-- > 0) JSON.parse(await (await ctx.fetch(url)).text()) }
  await Promise.all(Array.from({ length: atOnce }, () => lane(count / atOnce)))
  return { summary: 'done' }
}`,
  python: `import asyncio
async def fetch_data(indicator, ctx):
    config = ctx.config
    async def lane(left):
        for _ in range(left):
            (await ctx.fetch(config["url"])).json()
    await asyncio.gather(*[lane(config["count"] // config["atOnce"]) for _ in range(config["atOnce"])])
    return {"summary": "done"}
`,
}
type Fetcher = (count: number, atOnce: number) => Promise<void>

/** A plugin's fetch against the host's own, each many in a row and 16 at once. A call's own cost is taken off: that of one without a fetch. */
export async function measureFetch(): Promise<FetchCost[]> {
  const provider = await openFloor('http')
  const runners = await Promise.all(
    LANGUAGES.map(async (language) => ({ language, runner: await openRunner(language) })),
  )
  const agent = new Agent()
  try {
    const url = `http://${provider.address}/`
    const fetchers = new Map<FetchCost['who'], Fetcher>()
    fetchers.set(
      'host, undici',
      inLanes(async () => void (await (await request(url, { dispatcher: agent })).body.json())),
    )
    fetchers.set(
      'host, fetch()',
      inLanes(async () => void (await (await fetch(url)).json())),
    )
    for (const { language, runner } of runners) fetchers.set(language, await inPlugin(runner, language, url))
    const rounds: Map<FetchCost['who'], { serial: number; parallel: number }>[] = []
    for (const run of fetchers.values()) for (let warm = 0; warm < 5; warm += 1) await run(FETCHES, AT_ONCE)
    for (let round = 0; round < ROUNDS; round += 1) {
      const costs = new Map<FetchCost['who'], { serial: number; parallel: number }>()
      for (const [who, run] of fetchers)
        costs.set(who, { serial: await cost(run, 1), parallel: await cost(run, AT_ONCE) })
      rounds.push(costs)
    }
    return [...fetchers.keys()].map((who) => {
      const of = (which: 'serial' | 'parallel') => spreadOf(rounds.map((costs) => costs.get(who)![which]))
      const ratio = (which: 'serial' | 'parallel', floor: FetchCost['who']) =>
        spreadOf(rounds.map((costs) => costs.get(who)![which] / costs.get(floor)![which]))
      return {
        who,
        serialMs: of('serial'),
        parallelMs: of('parallel'),
        serialRatio: ratio('serial', 'host, fetch()'),
        parallelRatio: ratio('parallel', 'host, fetch()'),
        ofUndici: ratio('serial', 'host, undici').median,
      }
    })
  } finally {
    await agent.close()
    await provider.stop()
    for (const { runner } of runners) await runner.stop()
  }
}

async function cost(run: Fetcher, atOnce: number): Promise<number> {
  const emptyAt = performance.now()
  await run(0, 1)
  const startedAt = performance.now()
  await run(FETCHES, atOnce)
  return Math.max(0, performance.now() - startedAt - (startedAt - emptyAt)) / FETCHES
}

function inLanes(one: () => Promise<void>): Fetcher {
  const lane = async (left: number) => {
    for (; left > 0; left -= 1) await one()
  }
  return async (count, atOnce) => void (await Promise.all(Array.from({ length: atOnce }, () => lane(count / atOnce))))
}

async function inPlugin(runner: StartedRunner, language: Language, url: string): Promise<Fetcher> {
  const hash = await publish(runner, CODE[language], language)
  return async (count, atOnce) => {
    const limits = { outgoingCalls: FETCHES }
    const context = { configJson: json({ url, count, atOnce }), hosts: [new URL(url).host], limits }
    const answer = await ask(runner, hash, { context: context as never })
    if (!answer.ok) throw new Error(`${language}: ${answer.reason}: ${answer.failure.message}`)
  }
}

if (import.meta.main) {
  console.dir(await measureFetch(), { depth: 4 })
}
