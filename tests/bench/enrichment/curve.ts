import type { RequestView } from '../../../backend/app/api.ts'
import { openProduct } from '../support/open-product.ts'

export type CurvePoint = { indicators: number; rows: number; acceptedMs: number; doneMs: number; rowsPerSecond: number }

const sizes = [1, 10, 100, 1_000]

/** How a request grows: addresses never asked before, every local source, from the POST to the last row. */
export async function run(): Promise<CurvePoint[]> {
  const { product, close } = await openProduct()
  try {
    await timeRequest(product.api, addresses(20, 200))
    const points: CurvePoint[] = []
    for (const [round, size] of sizes.entries()) points.push(await timeRequest(product.api, addresses(size, round)))
    return points
  } finally {
    await close()
  }
}

function addresses(count: number, round: number): string[] {
  return Array.from({ length: count }, (_, n) => `51.${round}.${Math.floor(n / 250)}.${n % 250}`)
}

async function timeRequest(
  api: (path: string, init?: { json?: unknown }) => Promise<Response>,
  indicators: string[],
): Promise<CurvePoint> {
  const startedAt = performance.now()
  const accepted = (await (await api('/api/v1/requests', { json: { indicators, tlp: 'RED' } })).json()) as RequestView
  const acceptedMs = performance.now() - startedAt
  // The stream ends with the request: reading it to the end measures without polling.
  await (await api(`/api/v1/requests/${accepted.id}/events`)).text()
  const doneMs = performance.now() - startedAt
  const { rows } = accepted.counts
  return { indicators: indicators.length, rows, acceptedMs, doneMs, rowsPerSecond: rows / (doneMs / 1_000) }
}

if (import.meta.main) console.table(await run())
