import { z } from '@hono/zod-openapi'

const part = {
  /** `off`: this installation does without it. */
  state: z.enum(['ok', 'degraded', 'down', 'off']),
  detail: z.string(),
  /** Where to mend it; null while there is nothing to mend. */
  fix: z.object({ label: z.string(), href: z.string() }).nullable(),
}
const time = z.iso.datetime()
const count = z.number().int()

export const systemHealthSchema = z
  .object({
    state: z.enum(['ok', 'degraded', 'down']),
    checkedAt: time,
    version: z.string(),
    backend: z.object({
      ...part,
      processes: z.array(
        z.object({ id: z.uuid(), startedAt: time, heartbeatAt: time, alive: z.boolean(), own: z.boolean() }),
      ),
    }),
    database: z.object({
      ...part,
      version: z.string().nullable(),
      latencyMs: z.number().nullable(),
      migration: z.string().nullable(),
      connections: z.record(z.string(), count),
    }),
    redis: z.object(part),
    runners: z.object({
      ...part,
      languages: z.array(
        z.object({ ...part, language: z.string(), serving: count, configured: count, waiting: count }),
      ),
    }),
    requests: z.object({ ...part, running: count, waiting: count }),
    telemetry: z.object({
      ...part,
      traces: z.enum(['none', 'sending', 'failing']),
      errors: z.enum(['none', 'on']),
      metrics: z.enum(['signed-in', 'address']),
    }),
  })
  .openapi('SystemHealth')

export type SystemHealth = z.infer<typeof systemHealthSchema>
export type Part = {
  state: 'ok' | 'degraded' | 'down' | 'off'
  detail: string
  fix: { label: string; href: string } | null
}

export const clientConfigSchema = z
  .object({
    version: z.string(),
    /** Whether somebody wants the browser's spans. */
    spans: z.boolean(),
    sentry: z.object({ dsn: z.string(), environment: z.string(), release: z.string() }).nullable(),
  })
  .openapi('ClientConfig')

const hex = (digits: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `must be ${digits} hexadecimal digits`)

/** A call of the page to the API. Nothing in it can hold an indicator or a secret: the path comes as its route. */
export const browserSpansSchema = z
  .strictObject({
    spans: z
      .array(
        z.strictObject({
          traceId: hex(32),
          spanId: hex(16),
          method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
          route: z.string().regex(/^\/[a-z0-9/{}.-]{1,99}$/i, 'must be the route, such as /api/v1/requests/{id}'),
          startedAtMs: z.number().min(0).max(8.64e15),
          durationMs: z.number().min(0).max(3_600_000),
          status: z.number().int().min(0).max(599),
        }),
      )
      .min(1)
      .max(64),
  })
  .openapi('BrowserSpans')
