import { z } from 'zod'

/** The part of JSON Schema that a source's configuration may use. Anything else is refused when the manifest is read. */
const shared = { title: z.string().optional(), description: z.string().optional() }

const textField = z.strictObject({
  ...shared,
  type: z.literal('string'),
  format: z.enum(['uri', 'hostname', 'email']).optional(),
  enum: z.array(z.string()).min(1).optional(),
  minLength: z.int().min(0).optional(),
  maxLength: z.int().min(1).optional(),
  default: z.string().optional(),
})
const numberField = z.strictObject({
  ...shared,
  type: z.enum(['integer', 'number']),
  enum: z.array(z.number()).min(1).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.number().optional(),
})
const switchField = z.strictObject({ ...shared, type: z.literal('boolean'), default: z.boolean().optional() })
const listField = z.strictObject({
  ...shared,
  type: z.literal('array'),
  items: z.strictObject({ type: z.literal('string'), enum: z.array(z.string()).min(1).optional() }),
  maxItems: z.int().min(1).optional(),
  default: z.array(z.string()).optional(),
})

export const configFieldSchema = z.discriminatedUnion('type', [textField, numberField, switchField, listField])
export type ConfigField = z.infer<typeof configFieldSchema>

export const configSchemaSchema = z.strictObject({
  type: z.literal('object'),
  properties: z
    .record(
      z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'A field name has letters, digits and "_".'),
      configFieldSchema,
    )
    .default({}),
  required: z.array(z.string()).default([]),
})
export type ConfigSchema = z.infer<typeof configSchemaSchema>

export const noConfig: ConfigSchema = { type: 'object', properties: {}, required: [] }
