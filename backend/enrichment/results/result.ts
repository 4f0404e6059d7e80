import { z } from '@hono/zod-openapi'

const text = (most: number) => z.string().max(most)

const factSchema = z.object({
  name: text(200),
  value: z.union([text(4_000), z.number(), z.boolean()]),
  kind: z.string().max(40).optional(),
})

/** What a source says, in its own words and values; the verdict is weighed from many of them. */
export const resultSchema = z
  .object({
    verdict: z.enum(['malicious', 'suspicious', 'benign', 'informational']).optional(),
    score: z.number().min(0).max(100).optional().openapi({ description: 'How bad, 0 to 100' }),
    confidence: z.number().min(0).max(100).optional(),
    says: text(1_000).optional().openapi({ description: "The provider's own words" }),
    summary: z.string().min(1).max(2_000),
    facts: z.array(factSchema).max(1_000).default([]),
    tags: z.array(text(200)).max(500).default([]),
    links: z
      .array(z.object({ title: text(300), url: text(4_000) }))
      .max(200)
      .default([]),
    raw: z.unknown().optional(),
    observedAt: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('Result')

export type Result = z.infer<typeof resultSchema>
