import type { ApiDocument, Schema } from './api-document.ts'

/** Where a value is not what a schema says; empty when it is. Formats and patterns are left to the server's own tests. */
export function schemaFaults(document: ApiDocument, schema: Schema, value: unknown, at = 'body'): string[] {
  const own = document.resolve(schema)
  const choices = own.anyOf ?? own.oneOf
  if (choices) {
    const faults = choices.map((choice) => schemaFaults(document, choice, value, at))
    return faults.some((one) => one.length === 0) ? [] : (faults.toSorted((a, b) => a.length - b.length)[0] ?? [])
  }
  const parts = (own.allOf ?? []).flatMap((part) => schemaFaults(document, part, value, at))
  if (own.const !== undefined && own.const !== value) return [...parts, `${at} is not ${JSON.stringify(own.const)}`]
  if (own.enum && !own.enum.includes(value)) return [...parts, `${at} is not one of ${JSON.stringify(own.enum)}`]
  const types = own.type === undefined ? [] : [own.type].flat()
  if (types.length > 0 && !types.some((type) => isOfType(type, value)) && !(own.nullable && value === null))
    return [...parts, `${at} is ${value === null ? 'null' : typeof value}, not ${types.join(' or ')}`]
  if (Array.isArray(value)) {
    const { items } = own
    return [
      ...parts,
      ...(items ? value.flatMap((one, index) => schemaFaults(document, items, one, `${at}.${index}`)) : []),
    ]
  }
  if (typeof value !== 'object' || value === null) return parts
  return [...parts, ...objectFaults(document, own, value as Record<string, unknown>, at)]
}

function objectFaults(document: ApiDocument, schema: Schema, value: Record<string, unknown>, at: string): string[] {
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`)
  const known = schema.properties ?? {}
  const rest = schema.additionalProperties
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const own = Object.hasOwn(known, name) ? known[name] : undefined
    if (own) return schemaFaults(document, own, field, `${at}.${name}`)
    if (rest === false) return [`${at}.${name} is not declared`]
    return typeof rest === 'object' ? schemaFaults(document, rest, field, `${at}.${name}`) : []
  })
  return [...missing, ...fields]
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}
