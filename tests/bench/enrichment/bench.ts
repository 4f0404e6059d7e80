import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import type { RequestView } from '../../../backend/app/api.ts'
import type { Product } from '../../support/product.ts'
import { json } from '../../support/provider.ts'
import { openProduct } from '../support/open-product.ts'

export type EnrichmentBench = {
  floorPerSecond: number
  cachedPerSecond: number
  /** Cached enrichments for each answer of the floor; the goal is at least 0.5. */
  ratio: number
  sources: number
  answerBytes: number
  floorP50Ms: number
  cachedP50Ms: number
}

const rounds = 5
const callsPerRound = 2_000
const concurrency = 32

const wantedSources = 10

/**
 * Cached enrichment over ten sources against a bare route with the same middleware, sign-in, body rules and answer;
 * each enrichment is a request of its own, durable in PostgreSQL (fsync on) before it is answered. Interleaved rounds.
 */
export async function run(): Promise<EnrichmentBench> {
  const { product, provider, databaseUrl, directory, close } = await openProduct()
  provider.answer((_call, response) =>
    json(response, { ports: [53, 80, 443], hostnames: ['one.one.one.one'], cpes: [], vulns: [], tags: [] }),
  )
  try {
    await product.api('/api/v1/sources/internetdb', { method: 'PATCH', json: { config: { baseUrl: provider.url } } })
    const sources = await cacheableSources(product.api)
    const body = JSON.stringify({ indicators: ['1.1.1.1'], sources, wait: true })
    const ask = () =>
      product.api('/api/v1/requests', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    await (await ask()).text()
    const answer = await (await ask()).text()
    requireCached(JSON.parse(answer) as RequestView)
    const answerFile = join(directory, 'answer.json')
    await writeFile(answerFile, answer)
    const floor = await startFloor(databaseUrl, answerFile)
    try {
      const measured = await measure({ floor: floor.url, product: product.url, token: product.admin.token, body })
      return {
        ...measured,
        ratio: measured.cachedPerSecond / measured.floorPerSecond,
        sources: sources.length,
        answerBytes: answer.length,
      }
    } finally {
      floor.stop()
    }
  } finally {
    await close()
  }
}

/** Local sources that answer about an address and are remembered, the own lists filled, and one provider. */
async function cacheableSources(api: Product['api']): Promise<string[]> {
  const load = (slug: string, list: string) =>
    api(`/api/v1/sources/${slug}/dataset`, { method: 'PUT', body: list, headers: { 'content-type': 'text/csv' } })
  for (const answer of [
    await load('own-values', '1.1.1.1,resolver'),
    await load('own-networks', '1.1.1.0/24,resolvers'),
  ]) {
    if (!answer.ok) throw new Error(`A list was not loaded: ${await answer.text()}`)
  }
  type Listed = {
    items: { slug: string; kinds: string[]; exposure: string; ready: boolean; cacheTtlSeconds: number }[]
  }
  const { items } = (await (await api('/api/v1/sources')).json()) as Listed
  const fitting = items.filter((one) => one.kinds.includes('ipv4') && one.ready && one.cacheTtlSeconds > 0)
  const slugs = fitting.filter((one) => one.exposure === 'local' || one.slug === 'internetdb').map((one) => one.slug)
  if (slugs.length < wantedSources) throw new Error(`Only ${slugs.length} sources fit: ${slugs.join(', ')}`)
  return slugs.slice(0, wantedSources)
}

function requireCached(view: RequestView): void {
  const uncached = view.indicators[0]!.rows.filter((row) => row.cached === null)
  if (uncached.length > 0) throw new Error(`Not from the cache: ${uncached.map((row) => row.source.slug).join(', ')}`)
}

async function startFloor(databaseUrl: string, answerFile: string): Promise<{ url: string; stop(): void }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./floor-server.ts', import.meta.url)), databaseUrl, answerFile],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { url, stop: () => child.stdin.end() }
}

async function measure({
  floor,
  product,
  token,
  body,
}: {
  floor: string
  product: string
  token: string
  body: string
}) {
  const targets = {
    floor: new Pool(floor, { connections: concurrency }),
    product: new Pool(product, { connections: concurrency }),
  }
  const drive = (pool: Pool): Promise<Driven> => driveCalls(pool, token, body)
  await drive(targets.floor)
  await drive(targets.product)
  const seen = { floor: [] as Driven[], product: [] as Driven[] }
  for (let round = 0; round < rounds; round += 1) {
    seen.floor.push(await drive(targets.floor))
    seen.product.push(await drive(targets.product))
  }
  await Promise.all([targets.floor.close(), targets.product.close()])
  return {
    floorPerSecond: median(seen.floor.map((one) => one.perSecond)),
    cachedPerSecond: median(seen.product.map((one) => one.perSecond)),
    floorP50Ms: median(seen.floor.map((one) => one.p50Ms)),
    cachedP50Ms: median(seen.product.map((one) => one.p50Ms)),
  }
}

type Driven = { perSecond: number; p50Ms: number }

async function driveCalls(pool: Pool, token: string, body: string): Promise<Driven> {
  const latencies: number[] = []
  let left = callsPerRound
  const startedAt = performance.now()
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const sentAt = performance.now()
      const answer = await pool.request({
        method: 'POST',
        path: '/api/v1/requests',
        body,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      })
      await answer.body.dump({ limit: 10_000_000 })
      if (answer.statusCode !== 200) throw new Error(`The answer is ${answer.statusCode}`)
      latencies.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return { perSecond: callsPerRound / ((performance.now() - startedAt) / 1_000), p50Ms: median(latencies) }
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

if (import.meta.main) console.log(await run())
