import { z } from 'zod'
import { INDICATOR_KINDS } from '../../indicators/index.ts'
import { checkConfig } from '../config/check-config.ts'
import { configSchemaSchema, noConfig } from '../config/config-schema.ts'
import { hostFields } from '../config/resolve-hosts.ts'
import { exposureDefaults, exposures, paps, reliabilities, tlps, windows } from '../source.ts'

const webUrl = z.url({ protocol: /^https?$/, error: 'is not an http or https URL' })

const secretSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'has letters, digits and "_" only'),
  required: z.boolean().default(true),
  description: z.string().default(''),
  help: webUrl.optional(),
  use: z.discriminatedUnion('as', [
    z.strictObject({ as: z.literal('code') }),
    z.strictObject({
      as: z.enum(['header', 'query', 'body']),
      name: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'is no name of a header or field'),
      prefix: z.string().default(''),
    }),
  ]),
})

const datasetSchema = z.strictObject({
  key: z.enum(['exact', 'cidr', 'suffix']),
  origin: z.union(
    [
      z.strictObject({ package: z.string().min(1), reader: z.string().min(1) }),
      z.strictObject({ list: z.literal(true) }),
      z.strictObject({ history: z.literal(true) }),
    ],
    { error: 'is none of { package, reader }, { list: true }, { history: true }' },
  ),
})

const label = '[A-Za-z0-9_-]+'
const hostName = `(\\*\\.)?${label}(\\.${label})*`
const hostPattern = new RegExp(`^(\\{[A-Za-z][A-Za-z0-9_]*\\}|${hostName}(:\\d{1,5})?|dns:(\\*|${hostName}))$`)

/** A host, "*.suffix", either with ":port"; "{field}" for the host of a configuration value; "dns:" with the names that may be resolved. */
const hostSchema = z
  .string()
  .regex(
    hostPattern,
    'is neither a host nor "*.suffix", with or without ":port", nor "{field}", nor "dns:*", "dns:name", "dns:*.suffix"',
  )

export const manifestSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    description: z.string().min(1).max(1_000),
    documentation: webUrl.optional(),
    tags: z.array(z.string().min(1).max(50)).max(20).default([]),
    language: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'is no name of a language, such as "javascript"'),
    kinds: z.array(z.enum(INDICATOR_KINDS)).min(1),
    exposure: z.enum(exposures),
    maximumTlp: z.enum(tlps).optional(),
    maximumPap: z.enum(paps).optional(),
    reliability: z.enum(reliabilities).default('F'),
    config: configSchemaSchema.default(noConfig),
    secrets: z.array(secretSchema).max(20).default([]),
    // What its secrets are tested with; without it, an example of a passive source.
    check: z
      .strictObject({
        indicator: z.strictObject({ kind: z.enum(INDICATOR_KINDS), value: z.string().min(1).max(2_000) }),
      })
      .optional(),
    hosts: z.array(hostSchema).max(100).default([]),
    limits: z
      .array(z.strictObject({ calls: z.int().min(1).max(10_000_000), per: z.enum(windows) }))
      .max(5)
      .default([]),
    cacheTtlSeconds: z
      .int()
      .min(0)
      .max(31 * 86_400)
      .default(86_400),
    timeoutMs: z.int().min(100).max(300_000).default(10_000),
    dataset: datasetSchema.nullable().default(null),
    terms: z.string().max(500).default(''),
    requirements: z.array(z.string().min(1).max(200)).max(50).default([]),
  })
  .superRefine((manifest, context) => {
    const problem = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    for (const field of hostFields(manifest.hosts)) {
      if (!Object.hasOwn(manifest.config.properties, field))
        problem(['hosts'], `names {${field}}, which is no field of config`)
    }
    for (const field of manifest.config.required) {
      if (!Object.hasOwn(manifest.config.properties, field))
        problem(['config', 'required'], `names "${field}", which is no field of config`)
    }
    for (const { field, message } of checkConfig({ ...manifest.config, required: [] }, {}).errors) {
      problem(['config', 'properties', field, 'default'], message)
    }
    if (new Set(manifest.secrets.map((secret) => secret.name)).size < manifest.secrets.length)
      problem(['secrets'], 'names a secret twice')
    if (manifest.check && !manifest.kinds.includes(manifest.check.indicator.kind))
      problem(['check', 'indicator', 'kind'], 'is no kind of this source')
    const credentials = manifest.secrets.some((secret) => secret.use.as !== 'code')
    if (credentials && manifest.hosts.length === 0) problem(['hosts'], 'is empty, so that the secrets could go nowhere')
    if (new Set(manifest.limits.map((limit) => limit.per)).size < manifest.limits.length)
      problem(['limits'], 'names a window twice')
  })
  .transform((manifest) => ({
    ...manifest,
    maximumTlp: manifest.maximumTlp ?? exposureDefaults[manifest.exposure].maximumTlp,
    maximumPap: manifest.maximumPap ?? exposureDefaults[manifest.exposure].maximumPap,
    requirements: [...manifest.requirements].sort(),
  }))

export type Manifest = z.output<typeof manifestSchema>
export type SecretRule = Manifest['secrets'][number]

/** What is wrong with a manifest: the path such as `limits.0.per`, and the end of a sentence about it. */
export type ManifestProblem = { path: string; message: string }

/** Reads what stands in a `source.json`. Pure. */
export function parseManifest(
  json: unknown,
): { ok: true; manifest: Manifest } | { ok: false; problems: ManifestProblem[] } {
  const parsed = manifestSchema.safeParse(json)
  if (parsed.success) return { ok: true, manifest: parsed.data }
  return { ok: false, problems: parsed.error.issues.flatMap(toProblems) }
}

export function toProblems(issue: z.core.$ZodIssue): ManifestProblem[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not a known field' }))
  }
  if (issue.code === 'invalid_value')
    return [{ path, message: `is not one of: ${issue.values.map(String).join(', ')}` }]
  if (issue.code === 'invalid_type')
    return [{ path, message: issue.input === undefined ? 'is missing' : `is not of type ${issue.expected}` }]
  return [{ path, message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1) }]
}
