import type { ConfigField, ConfigSchema } from './config-schema.ts'

/** What is wrong with one field, as the end of a sentence that begins with its name. */
export type ConfigError = { field: string; message: string; fix: string }

export type CheckedConfig = { values: Record<string, unknown>; errors: ConfigError[] }

const longestText = 4_000

/** The values with the manifest's defaults put in, and everything that is wrong with them. Pure. */
export function checkConfig(schema: ConfigSchema, given: Record<string, unknown>): CheckedConfig {
  const values: Record<string, unknown> = {}
  const errors: ConfigError[] = []
  for (const field of Object.keys(given)) {
    if (Object.hasOwn(schema.properties, field)) continue
    const known = Object.keys(schema.properties).join(', ')
    errors.push({
      field,
      message: 'is not a configuration field of this source',
      fix: known ? `Use one of: ${known}.` : 'This source has no configuration.',
    })
  }
  for (const [field, rule] of Object.entries(schema.properties)) {
    const value = Object.hasOwn(given, field) ? given[field] : rule.default
    if (value === undefined) {
      if (schema.required.includes(field)) errors.push({ field, message: 'is missing', fix: `Give ${wants(rule)}.` })
      continue
    }
    const message = faultOf(rule, value)
    if (message) errors.push({ field, message, fix: `Give ${wants(rule)}.` })
    else values[field] = value
  }
  return { values, errors }
}

function faultOf(rule: ConfigField, value: unknown): string | undefined {
  switch (rule.type) {
    case 'string':
      return typeof value === 'string' ? faultOfText(rule, value) : 'is not a text'
    case 'integer':
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? faultOfNumber(rule, value) : 'is not a number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is neither true nor false'
    case 'array':
      return Array.isArray(value) ? faultOfList(rule, value) : 'is not a list'
  }
}

function faultOfText(rule: Extract<ConfigField, { type: 'string' }>, value: string): string | undefined {
  if (rule.enum && !rule.enum.includes(value)) return 'is not one of the allowed values'
  if (value.length < (rule.minLength ?? 0)) return 'is too short'
  if (value.length > (rule.maxLength ?? longestText)) return 'is too long'
  if (rule.format === 'uri') return faultOfUrl(value)
  if (rule.format === 'hostname' && !/^(?=.{1,253}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(value))
    return 'is not a host name'
  if (rule.format === 'email' && !/^[^@\s]+@[^@\s]+$/.test(value)) return 'is not an e-mail address'
  return undefined
}

function faultOfUrl(value: string): string | undefined {
  if (!URL.canParse(value)) return 'is not a URL'
  const url = new URL(value)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is not an http or https URL'
  // A password here would be shown to everybody who may read the configuration.
  if (url.username || url.password) return 'holds a user name or password'
  return undefined
}

function faultOfNumber(rule: Extract<ConfigField, { type: 'integer' | 'number' }>, value: number): string | undefined {
  if (rule.type === 'integer' && !Number.isInteger(value)) return 'is not a whole number'
  if (rule.enum && !rule.enum.includes(value)) return 'is not one of the allowed values'
  if (rule.minimum !== undefined && value < rule.minimum) return 'is too small'
  if (rule.maximum !== undefined && value > rule.maximum) return 'is too large'
  return undefined
}

function faultOfList(rule: Extract<ConfigField, { type: 'array' }>, value: unknown[]): string | undefined {
  if (value.length > (rule.maxItems ?? 1_000)) return 'has too many entries'
  const wrong = value.find(
    (item) =>
      typeof item !== 'string' || item.length > longestText || (rule.items.enum && !rule.items.enum.includes(item)),
  )
  return wrong === undefined ? undefined : `has an entry that is not allowed: ${JSON.stringify(wrong).slice(0, 80)}`
}

/** What the field wants, as the end of "Give …". */
function wants(rule: ConfigField): string {
  switch (rule.type) {
    case 'string': {
      if (rule.enum) return `one of: ${rule.enum.join(', ')}`
      if (rule.format === 'uri') return 'a URL that begins with https:// or http:// and holds no password'
      if (rule.format) return rule.format === 'hostname' ? 'a host name' : 'an e-mail address'
      return `a text of ${rule.minLength ?? 0} to ${rule.maxLength ?? longestText} characters`
    }
    case 'boolean':
      return 'true or false'
    case 'array':
      return rule.items.enum ? `a list of: ${rule.items.enum.join(', ')}` : 'a list of texts'
    default: {
      if (rule.enum) return `one of: ${rule.enum.join(', ')}`
      const from = rule.minimum === undefined ? '' : ` from ${rule.minimum}`
      const to = rule.maximum === undefined ? '' : ` to ${rule.maximum}`
      return `${rule.type === 'integer' ? 'a whole number' : 'a number'}${from}${to}`
    }
  }
}
