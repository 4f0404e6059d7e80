import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportError, startSentry, startTracing, traceId, withNewTrace } from '../../../backend/observability/index.ts'
import { openSentryIngest, type SentryIngest } from '../../support/telemetry/sentry-ingest.ts'

let ingest: SentryIngest
let stopTracing = (): Promise<void> => Promise.resolve()
beforeAll(async () => {
  ingest = await openSentryIngest()
  stopTracing = await startTracing()
})

afterAll(async () => {
  await stopTracing()
  ingest.close()
})

test('an unforeseen error reaches a Sentry ingest with the trace id of its request, and without values', async () => {
  reportError(new Error('before anybody listens: goes nowhere'))
  const told = { environment: 'staging', release: 'indag@9.9.9', service: 'indag-backend' }
  await startSentry({ dsn: ingest.dsn, ...told })
  const trace = withNewTrace(() => {
    reportError(
      new Error(
        'the wheel came off while asking evil.example.com (203.0.113.9) for "ada@example.org" with indag_abcdefghijklmnopqrstuvwxyz',
      ),
    )
    return traceId()
  })
  await expect.poll(() => ingest.events.length, { timeout: 10_000 }).toBe(1)
  const [event] = ingest.events
  expect(event).toMatchObject({
    environment: 'staging',
    release: 'indag@9.9.9',
    tags: { service: 'indag-backend', traceId: trace },
    exception: { values: [{ type: 'Error' }] },
  })
  expect(event?.exception?.values[0]?.value).toMatch(/^the wheel came off while asking /)
  const sent = ingest.raw.join('\n')
  for (const kept of ['goes nowhere', 'evil.example', '203.0.113', 'ada@', 'abcdefghijkl'])
    expect(sent).not.toContain(kept)
})
