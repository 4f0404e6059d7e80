import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOtlpReceiver, type OtlpReceiver, type SeenSpan } from '../support/telemetry/otlp.ts'
import { startProduct, type Product } from '../support/product.ts'
import { json, startProvider, type Provider } from '../support/provider.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const client = 'b7ad6b7169203331'
const [serverKind, clientKind] = [2, 3]
let collector: OtlpReceiver
let provider: Provider
let product: Product

beforeAll(async () => {
  collector = await openOtlpReceiver()
  provider = await startProvider()
  provider.answer((_call, response) => json(response, { noise: false, riot: false, message: 'Success', ip: '' }))
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
  product = await startProduct({
    env,
    runnerEnv: { ...env, INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' },
  })
  const patched = await product.api('/api/v1/sources/greynoise-community', {
    method: 'PATCH',
    json: { config: { baseUrl: provider.url }, enabled: true },
  })
  expect(patched.status, await patched.clone().text()).toBe(200)
}, 120_000)

afterAll(async () => {
  await product?.stop()
  await provider?.stop()
  collector?.close()
})

/** The road of spans below one, each the parent of the next. A step may have been tried more than once: the longest road counts. */
function roadBelow(parentId: string, [name, ...rest]: RegExp[]): SeenSpan[] {
  if (!name) return []
  return collector.spans
    .filter((span) => span.parentId === parentId && name.test(span.name))
    .map((span) => [span, ...roadBelow(span.spanId, rest)])
    .reduce((longest, road) => (road.length > longest.length ? road : longest), [])
}

describe('a request that brings a trace', () => {
  test('is one trace, from the front door to the outgoing call of the code', { timeout: 60_000 }, async () => {
    const answer = await product.api('/api/v1/requests', {
      json: { indicators: ['45.83.64.1'], sources: ['greynoise-community'], tlp: 'CLEAR' },
      headers: { traceparent: `00-${trace}-${client}-01` },
    })
    expect(answer.headers.get('x-trace-id')).toBe(trace)
    const road = [
      /^POST \/api\/v1\/requests$/,
      /^source greynoise-community$/,
      /FetchData$/,
      /FetchData$/,
      /^run /,
      /^GET$/,
    ]
    await expect.poll(() => roadBelow(client, road).length, { timeout: 30_000 }).toBe(road.length)
    expect(roadBelow(client, road).map(({ service, kind, traceId }) => [service, kind, traceId])).toEqual([
      ['indag-backend', serverKind, trace],
      ['indag-backend', 1, trace],
      ['indag-backend', clientKind, trace],
      ['indag-runner-python', serverKind, trace],
      ['indag-runner-python', 1, trace],
      ['indag-runner-python', clientKind, trace],
    ])
    // The provider is a third party: it learns nothing of our traces.
    expect(provider.calls.length).toBe(1)
    expect(provider.calls[0]?.headers).not.toHaveProperty('traceparent')
  })

  test('that its caller does not record is not recorded here, and is named all the same', async () => {
    const unrecorded = trace.replace('0af', '1af')
    const answer = await product.api('/api/v1/sources', { headers: { traceparent: `00-${unrecorded}-${client}-00` } })
    expect(answer.headers.get('x-trace-id')).toBe(unrecorded)
    await product.stop()
    expect(collector.spans.filter((span) => span.traceId === unrecorded)).toEqual([])
  })
})
