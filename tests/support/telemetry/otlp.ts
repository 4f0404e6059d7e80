import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SeenSpan = {
  service: string
  name: string
  kind: number
  traceId: string
  spanId: string
  /** Empty for a root. */
  parentId: string
  attributes: Record<string, unknown>
  /** 2 is an error. */
  status: number
}
export type OtlpReceiver = { endpoint: string; spans: SeenSpan[]; close(): void }

type Value = Record<string, unknown>
type WireSpan = {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes?: { key: string; value: Value }[]
  status?: { code?: number }
}
type WireTraces = {
  resourceSpans: {
    resource: { attributes: { key: string; value: Value }[] }
    scopeSpans: { spans: WireSpan[] }[]
  }[]
}

/** A collector on loopback: takes spans by OTLP over HTTP as JSON and keeps them, as they came. */
export async function openOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: SeenSpan[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/traces') return void response.writeHead(404).end()
      spans.push(...read(JSON.parse(Buffer.concat(parts).toString()) as WireTraces))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { endpoint: `http://127.0.0.1:${port}`, spans, close }
}

function read({ resourceSpans }: WireTraces): SeenSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(record(resource.attributes)['service.name'])
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ name, kind, traceId, spanId, parentSpanId = '', attributes = [], status }) => {
        return {
          ...{ service, name, kind, traceId, spanId, parentId: parentSpanId },
          attributes: record(attributes),
          status: status?.code ?? 0,
        }
      }),
    )
  })
}

function record(attributes: { key: string; value: Value }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
