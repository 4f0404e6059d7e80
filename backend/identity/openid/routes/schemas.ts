import { z } from '@hono/zod-openapi'
import { longestSlug, slugForm } from '../../organizations/slug.ts'
import { nameSchema, roleSchema, time } from '../../routes/schemas.ts'
import { issuerFault, issuerFrom } from '../issuer/issuer-url.ts'

export const slugSchema = z
  .string()
  .max(longestSlug)
  .regex(slugForm, { error: 'must be small letters, digits and single hyphens, such as "company"' })

const issuerSchema = z
  .string()
  .max(500)
  .transform(issuerFrom)
  .superRefine((issuer, context) => {
    const fault = issuerFault(issuer)
    if (fault) context.addIssue({ code: 'custom', message: fault })
  })
  .openapi({ type: 'string', example: 'https://login.example.org/realms/company' })

// RFC 6749, scope-token.
const scopesSchema = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, { error: 'must be a word without spaces and quotes' }))
  .max(30)
  .refine((scopes) => scopes.includes('openid'), 'must hold "openid"')

const gradeSchema = z.strictObject({ role: roleSchema, organizationId: z.uuid().nullable().default(null) })

const ruleSchema = gradeSchema
  .extend({
    claim: z.string().min(1).max(200),
    operator: z.enum(['equals', 'contains']),
    values: z.array(z.string().min(1).max(500)).min(1).max(100),
  })
  .openapi('OpenIdRule')

const domainSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, { error: 'must be a domain such as example.org' })

const clientSecretSchema = z.string().min(1).max(2_000).nullable().openapi({ format: 'password', writeOnly: true })

/** Settings without their defaults: for a change each is optional. */
const fields = {
  name: nameSchema,
  issuer: issuerSchema,
  clientId: z.string().trim().min(1).max(500),
  scopes: scopesSchema,
  rules: z.array(ruleSchema).max(200),
  fallback: gradeSchema.nullable(),
  allowedDomains: z.array(domainSchema).max(100),
  provisioning: z.enum(['create', 'existing']),
  linkByEmail: z.boolean(),
  readUserInfo: z.boolean(),
  enabled: z.boolean(),
}

const defaulted = {
  ...fields,
  scopes: fields.scopes.default(['openid', 'profile', 'email']),
  rules: fields.rules.default([]),
  fallback: fields.fallback.default(null),
  allowedDomains: fields.allowedDomains.default([]),
  provisioning: fields.provisioning.default('existing'),
  linkByEmail: fields.linkByEmail.default(false),
  readUserInfo: fields.readUserInfo.default(true),
  enabled: fields.enabled.default(true),
}

export const newProviderSchema = z
  .strictObject({ slug: slugSchema, ...defaulted, clientSecret: clientSecretSchema.default(null) })
  .openapi('NewOpenIdProvider')

export const providerChangeSchema = z
  .strictObject({ ...z.object(fields).partial().shape, clientSecret: clientSecretSchema.optional() })
  .openapi('OpenIdProviderChange')

export const testSchema = z
  .strictObject({
    settings: z
      .strictObject({ ...defaulted, clientSecret: clientSecretSchema.optional() })
      .optional()
      .openapi({
        description: 'As they would be saved; left out: as they are saved. Without a secret: the saved one.',
      }),
  })
  .openapi('OpenIdTest')

export const providerSchema = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    ...fields,
    issuer: z.string(),
    hasClientSecret: z.boolean(),
    redirectUri: z.string().openapi({ description: 'To be registered at the provider, to the letter.' }),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('OpenIdProvider')

export const checkSchema = z
  .object({
    name: z.enum(['discovery', 'endpoints', 'keys', 'client', 'redirect', 'scopes', 'claims']),
    state: z.enum(['ok', 'warning', 'failed', 'skipped']),
    detail: z.string(),
    fix: z.string().optional(),
  })
  .openapi('OpenIdCheck')

export const problemViewSchema = z
  .object({ code: z.string(), title: z.string(), detail: z.string(), fix: z.string() })
  .openapi('SignInProblem')

export const trialSchema = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    createdAt: time,
    report: z
      .object({
        problem: problemViewSchema.nullable(),
        claims: z.record(z.string(), z.unknown()).nullable(),
        rule: z.number().int().nullable(),
        grade: z.object({ role: roleSchema, organizationId: z.uuid().nullable() }).nullable(),
        how: z.enum(['linked', 'link', 'create']).nullable(),
        user: z.object({ id: z.uuid().nullable(), name: z.string(), email: z.string().nullable() }).nullable(),
      })
      .nullable()
      .openapi({ description: 'null: nobody has come back from the provider yet.' }),
  })
  .openapi('OpenIdTrial')
