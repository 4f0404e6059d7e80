import { z } from '@hono/zod-openapi'
import { INDICATOR_KINDS } from '../../indicators/index.ts'
import { runnerStates } from '../../runner-pool/index.ts'
import { ignoreMatches, ignoreScopes } from '../ignore-lists/ignore-entry.ts'
import { secretCares } from '../notifications/judge-secrets.ts'
import { exposures, paps, reliabilities, tlps, windows } from '../source.ts'

const time = z.iso.datetime()

export const placeQuery = z.object({
  organization: z
    .uuid()
    .optional()
    .openapi({ description: 'The organization that it is about; where you are at home unless told' }),
})

/** Whose state a list shows. */
export const placeSchema = z.uuid().openapi({ description: 'The organization that it is about' })

export const slugParams = z.object({ slug: z.string().min(1).max(64).openapi({ example: 'virustotal' }) })

export const reasonSchema = z
  .object({ code: z.string(), detail: z.string(), fix: z.object({ label: z.string(), href: z.string() }).optional() })
  .openapi('Reason')

const limitSchema = z
  .object({ calls: z.int(), per: z.enum(windows), used: z.int(), resetsAt: time.nullable() })
  .openapi('LimitUsage')

export const sourceSchema = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    documentation: z.string().nullable(),
    provider: z.object({ slug: z.string(), name: z.string(), enabled: z.boolean() }),
    language: z.string(),
    kinds: z.array(z.enum(INDICATOR_KINDS)),
    disabledKinds: z.array(z.string()),
    enabled: z.boolean(),
    removed: z.boolean().openapi({ description: 'Its folder is gone from the catalogue' }),
    ready: z.boolean(),
    notReady: reasonSchema.nullable(),
    exposure: z.enum(exposures),
    maximumTlp: z.enum(tlps),
    maximumPap: z.enum(paps),
    reliability: z.enum(reliabilities),
    cacheTtlSeconds: z.int(),
    timeoutMs: z.int(),
    limits: z.array(limitSchema),
    hosts: z.array(z.string()),
    tags: z.array(z.string()),
    terms: z.string(),
    codeVersion: z.int(),
    blocked: z.object({ until: time, why: z.string() }).nullable(),
    lastCall: z.object({ at: time, state: z.enum(['found', 'not-found', 'failed']), durationMs: z.int() }).nullable(),
  })
  .openapi('Source')

const secretSchema = z
  .object({
    name: z.string(),
    required: z.boolean(),
    description: z.string(),
    help: z.string().nullable(),
    set: z.boolean(),
    problem: z.enum(['broken', 'key-missing', 'moved', 'expired']).nullable().openapi({
      description:
        'Set, but not usable: it does not open, its key is not there, it was entered for another host, or it has expired',
    }),
    last4: z.string().nullable(),
    updatedAt: time.nullable(),
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
    organizationId: z
      .uuid()
      .nullable()
      .openapi({ description: 'Whose it is: the nearest organization, from the one asked about up, that has it' }),
    inherited: z.boolean().openapi({ description: 'It comes from an organization above' }),
  })
  .openapi('Secret')

export const sourceDetailSchema = sourceSchema
  .extend({
    organizationId: z.uuid().openapi({ description: 'The organization that all this is about' }),
    code: z.string(),
    versions: z.array(
      z.object({ version: z.int(), hash: z.string(), publishedAt: time, origin: z.enum(['catalog', 'user']) }),
    ),
    configSchema: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()).openapi({ description: 'The values in use, defaults put in' }),
    secrets: z.array(secretSchema),
    dataset: z
      .object({
        key: z.enum(['exact', 'cidr', 'suffix']),
        origin: z.record(z.string(), z.unknown()),
        records: z.int(),
        version: z.int().nullable(),
        updatedAt: time.nullable(),
      })
      .nullable(),
    examples: z.array(z.unknown()),
  })
  .openapi('SourceDetail')

export const sourceChangeSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .nullable()
      .optional()
      .openapi({ description: 'null, below the root: as the organization above has it' }),
    disabledKinds: z.array(z.string()).max(100).nullable().optional(),
    config: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'Values to set; null goes back to the default, or to what the organization above set' }),
  })
  .openapi('SourceChange')

export const secretParams = slugParams.extend({ name: z.string().min(1).max(64).openapi({ example: 'apiKey' }) })
export const secretValueSchema = z
  .strictObject({
    value: z.string().max(20_000),
    test: z
      .boolean()
      .default(true)
      .openapi({ description: 'Ask the provider about something harmless with it before it is saved' }),
    force: z
      .boolean()
      .default(false)
      .openapi({ description: 'Save it also when the provider could not be asked; one that it refuses is not saved' }),
    expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
  })
  .openapi('SecretValue')
export const secretChangeSchema = z
  .strictObject({
    expiresAt: z.iso.datetime({ offset: true }).nullable().openapi({ description: 'null: it does not end' }),
  })
  .openapi('SecretChange')
export const savedSecretSchema = z
  .object({
    saved: z.literal(true),
    check: z
      .object({
        outcome: z.enum(['accepted', 'refused', 'unclear', 'untested']),
        says: z.string().openapi({ description: "The provider's word, or why it was not asked" }),
        status: z.int().nullable().optional(),
        durationMs: z.int().optional(),
        indicator: z.object({ kind: z.string(), value: z.string() }).optional(),
      })
      .nullable(),
  })
  .openapi('SavedSecret')

export const notificationSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(secretCares).openapi({ description: 'expiring: within 14 days' }),
    source: z.object({ slug: z.string(), name: z.string() }),
    secret: z.string(),
    organizationId: z.uuid().openapi({ description: 'Where it is mended' }),
    createdAt: time,
    expiresAt: time.nullable(),
    detail: z.string(),
    fix: z.object({ label: z.string(), href: z.string() }).openapi({ description: 'The field that mends it' }),
  })
  .openapi('Notification')

export const keyUseSchema = z
  .object({
    id: z.string(),
    current: z.boolean().openapi({ description: 'It seals from now on' }),
    held: z.boolean().openapi({ description: 'This server has it; if not, what it sealed cannot be opened' }),
    texts: z.int(),
  })
  .openapi('SealingKeyUse')

export const providerSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    url: z.string(),
    enabled: z.boolean(),
    sourceCount: z.int(),
  })
  .openapi('Provider')
export const providerChangeSchema = z.strictObject({ enabled: z.boolean() }).openapi('ProviderChange')

export const ignoreEntrySchema = z
  .object({
    id: z.uuid(),
    scope: z.enum(ignoreScopes),
    target: z.string().nullable(),
    match: z.enum(ignoreMatches),
    value: z.string(),
    reason: z.string(),
    expiresAt: time.nullable(),
    organizationId: z.uuid().openapi({ description: 'It holds there and below' }),
  })
  .openapi('IgnoreEntry')
export const newIgnoreEntrySchema = z
  .strictObject({
    scope: z.enum(ignoreScopes),
    target: z
      .string()
      .max(64)
      .optional()
      .openapi({ description: 'Slug of the provider or source; none for a global entry' }),
    match: z.enum(ignoreMatches),
    value: z.string().min(1).max(8_192),
    reason: z.string().trim().min(1).max(500),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('NewIgnoreEntry')
export const idParams = z.object({ id: z.uuid() })

export const runnerSchema = z
  .object({
    endpoint: z.string(),
    language: z.string(),
    languageVersion: z.string(),
    state: z.enum(runnerStates),
    sandboxLevel: z.string(),
    sandboxLayers: z.array(z.string()),
    load: z.object({
      inFlight: z.int(),
      runningCalls: z.int(),
      queuedCalls: z.int(),
      children: z.int(),
      memoryBytes: z.int(),
      kills: z.int(),
    }),
    latencyMs: z.number(),
    instanceId: z.string(),
    detail: z.string().optional(),
  })
  .openapi('Runner')

export type SourceView = z.output<typeof sourceSchema>
export type SourceDetail = z.output<typeof sourceDetailSchema>
export type RunnerAnswer = z.output<typeof runnerSchema>
