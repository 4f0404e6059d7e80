import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportError, startSentry, startTracing, traceId, withNewTrace } from '../../../backend/observability/index.ts'

const envelopes: string[] = []
const ingest = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    envelopes.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString())
    response.end('{}')
  })
})

let stopTracing = (): Promise<void> => Promise.resolve()
beforeAll(async () => {
  ingest.listen(0, '127.0.0.1')
  await once(ingest, 'listening')
  stopTracing = await startTracing()
})

afterAll(async () => {
  await stopTracing()
  ingest.closeAllConnections()
  ingest.close()
  await once(ingest, 'close')
})

test('an unforeseen error reaches a Sentry ingest with the trace id of its request', async () => {
  reportError(new Error('before anybody listens: goes nowhere'))
  const { port } = ingest.address() as AddressInfo
  await startSentry(`http://public@127.0.0.1:${port}/1`)
  const trace = withNewTrace(() => {
    reportError(new Error('the wheel came off'))
    return traceId()
  })
  await expect.poll(() => envelopes.length, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(envelopes.join('\n')).toContain('the wheel came off')
  expect(envelopes.join('\n')).toContain(trace)
  expect(envelopes.join('\n')).not.toContain('goes nowhere')
})
