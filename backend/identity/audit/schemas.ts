import { z } from '@hono/zod-openapi'
import { pageQuery, time } from '../routes/schemas.ts'
import { anchorForm } from './chain/entry-hash.ts'

const fieldsSchema = z.record(z.string(), z.unknown()).nullable()

export const auditEntrySchema = z
  .object({
    id: z.uuid(),
    at: time,
    action: z.string(),
    outcome: z.enum(['done', 'denied']),
    actor: z.object({
      id: z.uuid().nullable(),
      name: z.string(),
      kind: z.enum(['person', 'service-account']).nullable(),
      via: z.enum(['session', 'token', 'link', 'system', 'nobody']),
      credentialId: z.uuid().nullable(),
      credentialName: z.string().nullable(),
      address: z.string(),
      userAgent: z.string(),
    }),
    resource: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    organizationId: z.uuid().nullable(),
    before: fieldsSchema.openapi({ description: 'Of a change only the fields that changed.' }),
    after: fieldsSchema,
    requestId: z.string().nullable(),
    traceId: z.string().nullable(),
    reason: z.string().nullable().openapi({ description: 'Of a denied attempt: why.' }),
    count: z.int().openapi({ description: 'How many alike there were within a minute.' }),
    sequence: z
      .int()
      .nullable()
      .openapi({ description: 'Its place in the chain; told to those who may see every entry.' }),
    hash: z.string().nullable(),
    restorable: z.boolean().openapi({ description: 'It tells of a deletion that can be undone.' }),
  })
  .openapi('AuditEntry')

export const filterQuery = z.strictObject({
  actor: z.uuid().optional().openapi({ description: 'The id of a user or a service account.' }),
  action: z
    .string()
    .regex(/^[a-z-]+\.[a-z-]*$/, {
      error: 'must be an action such as "group.delete", or its beginning with a dot: "group."',
    })
    .optional(),
  resourceType: z.string().max(100).optional(),
  resourceId: z.string().max(200).optional(),
  outcome: z.enum(['done', 'denied']).optional(),
  organizationId: z.uuid().optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
})

export const listQuery = filterQuery.extend(pageQuery.shape)

export const exportQuery = filterQuery.extend({ format: z.enum(['ndjson', 'csv']).default('ndjson') })

export const verifyBody = z
  .strictObject({
    anchors: z
      .array(z.string().regex(anchorForm, { error: 'must be an anchor that an earlier verification gave: "12:9f86…"' }))
      .max(100)
      .default([]),
  })
  .openapi('AuditVerificationWish')

export const verificationSchema = z
  .discriminatedUnion('ok', [
    z.object({
      ok: z.literal(true),
      count: z.int(),
      head: z.object({ sequence: z.int(), hash: z.string() }),
      anchor: z.string().openapi({ description: 'To be kept elsewhere, and given to a later verification.' }),
    }),
    z.object({
      ok: z.literal(false),
      sequence: z.int().openapi({ description: 'The first entry that is not as it was.' }),
      reason: z.enum(['missing', 'altered', 'head', 'anchor']),
      detail: z.string(),
    }),
  ])
  .openapi('AuditVerification')

export const restoredSchema = z
  .object({
    resource: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    left: z.array(z.string()).openapi({ description: 'What of it did not come back, and why.' }),
  })
  .openapi('Restored')
