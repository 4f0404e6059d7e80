import { z } from '@hono/zod-openapi'
import { INDICATOR_KINDS } from '../../indicators/index.ts'
import { paps, tlps } from '../../sources/index.ts'
import { maxIndicators, maxTextLength } from '../requests/request-options.ts'
import { resultSchema } from '../results/result.ts'
import { VERDICT_LEVELS } from '../verdict/verdict.ts'

const slug = z.string().min(1).max(100)
const time = z.iso.datetime()

export const askSchema = z
  .strictObject({
    indicators: z
      .array(
        z.union(
          [
            z.string().min(1).max(8_000),
            z.strictObject({ kind: z.string().max(40), value: z.string().min(1).max(8_000) }),
          ],
          {
            error: 'must be a text, or an object { kind, value }',
          },
        ),
      )
      .min(1)
      .max(maxIndicators)
      .optional()
      .openapi({ example: ['1.1.1.1', { kind: 'domain', value: 'example.com' }] }),
    text: z
      .string()
      .min(1)
      .max(maxTextLength)
      .optional()
      .openapi({ description: 'Free text; its indicators are extracted' }),
    sources: z.array(slug).min(1).max(200).optional().openapi({ description: 'Slugs; every source when left out' }),
    tlp: z.enum(tlps).default('AMBER'),
    pap: z.enum(paps).default('AMBER'),
    fresh: z.boolean().default(false).openapi({ description: 'Ask again even where the cache still knows' }),
    overQuota: z
      .enum(['wait', 'skip'])
      .default('wait')
      .openapi({ description: "What to do when a provider's limit is reached" }),
    organizationId: z.uuid().optional().openapi({ description: 'Where the request belongs; your home when left out' }),
  })
  .openapi('Ask')

/** Not `extend`: the document would then demand Ask, which knows no `wait`, and this at once; nothing is both. */
export const requestBodySchema = z
  .strictObject({
    ...askSchema.shape,
    wait: z.boolean().default(false).openapi({ description: 'Answer when every source has ended' }),
  })
  .openapi('NewRequest')

export const reasonSchema = z
  .object({ code: z.string(), detail: z.string(), fix: z.object({ label: z.string(), href: z.string() }).optional() })
  .openapi('Reason')

export const sourceRefSchema = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    provider: z.object({ slug: z.string(), name: z.string() }),
    exposure: z.enum(['local', 'passive', 'active', 'submits']),
    reliability: z.enum(['A', 'B', 'C', 'D', 'E', 'F']),
  })
  .openapi('SourceRef')

const callSchema = z.object({
  protocol: z.string(),
  method: z.string(),
  target: z.string(),
  status: z.number(),
  durationMs: z.number(),
  responseBytes: z.number(),
  error: z.string(),
  retryAfterMs: z.number(),
})

const logSchema = z.object({
  level: z.enum(['debug', 'info', 'warning', 'error']),
  message: z.string(),
  atMs: z.number(),
})

export const rowSchema = z
  .object({
    source: sourceRefSchema,
    seq: z.number().int(),
    state: z.enum(['queued', 'running', 'found', 'not-found', 'skipped', 'failed']),
    codeVersion: z.number().int(),
    reason: reasonSchema.nullable(),
    eta: time.nullable(),
    result: resultSchema.nullable(),
    cached: z.object({ ageSeconds: z.number().int(), expiresAt: time }).nullable(),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    durationMs: z.number().int().nullable(),
    runner: z.string().nullable(),
    calls: z.array(callSchema),
    logs: z.array(logSchema),
  })
  .openapi('Row')

const claimSchema = z.object({
  source: z.string(),
  name: z.string(),
  level: z.enum(['malicious', 'suspicious', 'benign']),
  says: z.string(),
  score: z.number(),
  weight: z.number(),
  observedAt: z.string(),
  cached: z.boolean(),
})

export const verdictSchema = z
  .object({
    level: z.enum(VERDICT_LEVELS),
    score: z.number().int(),
    confidence: z.number().int(),
    final: z.boolean(),
    summary: z.string(),
    agree: z.array(claimSchema),
    disagree: z.array(claimSchema),
    silent: z.number().int(),
    pending: z.number().int(),
    failed: z.number().int(),
    wouldChange: z.string(),
  })
  .openapi('Verdict')

export const rejectedSchema = z.object({
  text: z.string(),
  kind: z.string().optional(),
  code: z.string(),
  reason: z.string(),
  start: z.number().int(),
  end: z.number().int(),
})

const addressSchema = z.object({ scope: z.string(), name: z.string() })

const indicatorViewSchema = z.object({
  position: z.number().int(),
  kind: z.enum(INDICATOR_KINDS),
  value: z.string(),
  defanged: z.string(),
  count: z.number().int(),
  address: addressSchema.optional(),
  verdict: verdictSchema,
  rows: z.array(rowSchema),
})

export const countsSchema = z
  .object({
    indicators: z.number().int(),
    rows: z.number().int(),
    queued: z.number().int(),
    running: z.number().int(),
    found: z.number().int(),
    notFound: z.number().int(),
    skipped: z.number().int(),
    failed: z.number().int(),
  })
  .openapi('Counts')

export const requestViewSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(['running', 'done']),
    createdAt: time,
    finishedAt: time.nullable(),
    createdBy: z.object({ id: z.string(), name: z.string() }),
    organizationId: z.uuid(),
    tlp: z.enum(tlps),
    pap: z.enum(paps),
    fresh: z.boolean(),
    overQuota: z.enum(['wait', 'skip']),
    sources: z.array(z.string()).nullable(),
    seq: z.number().int().openapi({ description: 'Number of the last change; resume the event stream from here' }),
    counts: countsSchema,
    rejected: z.array(rejectedSchema),
    indicators: z.array(indicatorViewSchema),
  })
  .openapi('Request')

export const previewSchema = z
  .object({
    indicators: z.array(
      z.object({
        kind: z.enum(INDICATOR_KINDS),
        value: z.string(),
        defanged: z.string(),
        count: z.number().int(),
        address: addressSchema.optional(),
      }),
    ),
    rejected: z.array(rejectedSchema),
    calls: z.number().int(),
    leaves: z.boolean().openapi({ description: 'Whether any value would leave this server' }),
    sources: z.array(
      z.object({
        source: sourceRefSchema,
        exposure: sourceRefSchema.shape.exposure,
        hosts: z.array(z.string()),
        willAsk: z.number().int(),
        fromCache: z.number().int(),
        skipped: z.array(reasonSchema.extend({ count: z.number().int() })),
        queueEta: time.nullable(),
      }),
    ),
  })
  .openapi('Preview')

export const requestListSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.uuid(),
        state: z.enum(['running', 'done']),
        createdAt: time,
        finishedAt: time.nullable(),
        createdBy: z.object({ id: z.string(), name: z.string() }),
        organizationId: z.uuid(),
        tlp: z.enum(tlps),
        pap: z.enum(paps),
        counts: countsSchema,
        verdict: z.enum(VERDICT_LEVELS).nullable(),
        indicators: z.array(
          z.object({
            kind: z.string(),
            value: z.string(),
            defanged: z.string(),
            verdict: z.enum(VERDICT_LEVELS).nullable(),
          }),
        ),
      }),
    ),
    next: z.string().nullable(),
  })
  .openapi('RequestList')

export const extractionSchema = z
  .object({
    indicators: z.array(
      z.object({
        kind: z.enum(INDICATOR_KINDS),
        value: z.string(),
        defanged: z.string(),
        count: z.number().int(),
        address: addressSchema.optional(),
        spans: z.array(z.object({ start: z.number().int(), end: z.number().int(), text: z.string() })),
      }),
    ),
    rejected: z.array(rejectedSchema),
  })
  .openapi('Extraction')

export type Extraction = z.output<typeof extractionSchema>
export type Preview = z.output<typeof previewSchema>
export type RequestList = z.output<typeof requestListSchema>
export type NewRequest = z.input<typeof requestBodySchema>
