import fc from 'fast-check'
import type { ApiDocument, Schema } from './api-document.ts'
import { oddTexts, unstorable } from './odd-values.ts'
import type { Targets } from './plant-targets.ts'

/** What requests are made of; polite: values keep to the bounds that the document tells. */
export type World = { document: ApiDocument; targets: Targets; polite?: boolean }

/** The schema that a reference means, with what it is composed of in one. */
function joined(document: ApiDocument, schema: Schema): Schema {
  const { allOf, ...own } = document.resolve(schema)
  return (allOf ?? [])
    .map((part) => joined(document, part))
    .reduce<Schema>(
      (whole, part) => ({
        ...whole,
        ...part,
        properties: { ...whole.properties, ...part.properties },
        required: [...(whole.required ?? []), ...(part.required ?? [])],
      }),
      own,
    )
}

/** A value as a schema wants it, at and around its bounds. */
export function arbitraryValue(world: World, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const own = joined(world.document, schema)
  const choices = own.anyOf ?? own.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => arbitraryValue(world, choice, depth)))
  if (own.const !== undefined) return fc.constant(own.const)
  if (own.enum) return fc.constantFrom(...own.enum)
  const types = [own.type ?? 'object'].flat()
  return fc.oneof(...types.map((type) => arbitraryOfType(world, type, own, depth)))
}

function arbitraryOfType(world: World, type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'string') return arbitraryText(world, schema)
  if (type === 'integer' || type === 'number') {
    const { minimum = 0, maximum = 1_000 } = schema
    if (world.polite) return fc.constantFrom(minimum, maximum, Math.floor((minimum + maximum) / 2))
    return fc.constantFrom(
      minimum,
      maximum,
      minimum - 1,
      maximum + 1,
      Math.floor((minimum + maximum) / 2),
      minimum + 0.5,
    )
  }
  if (type === 'array') {
    if (depth > 4 || !schema.items) return fc.constant([])
    const least = Math.min(schema.minItems ?? 0, 3)
    return fc.array(arbitraryValue(world, schema.items, depth + 1), { minLength: least, maxLength: least + 2 })
  }
  return arbitraryObject(world, schema, depth)
}

function arbitraryObject(
  world: World,
  { properties = {}, required = [] }: Schema,
  depth: number,
): fc.Arbitrary<unknown> {
  if (depth > 5) return fc.constant({})
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, arbitraryValue(world, field, depth + 1)]),
  )
  const always = required.filter((name) => name in fields)
  return fc.record(fields, { requiredKeys: always, noNullPrototype: true } as {
    requiredKeys: never[]
    noNullPrototype: boolean
  })
}

function politeText(
  { targets }: World,
  { format, pattern, minLength = 0, maxLength = 40 }: Schema,
): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.constantFrom(...targets.ids)
  if (format === 'email') return fc.integer({ min: 0 }).map((number) => `a${number}@b.test`)
  if (format === 'date-time') return fc.constantFrom('2026-11-21T12:00:00Z', '2199-12-31T23:59:59Z')
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  const plain = ['1.1.1.1', 'cve-form', 'CVE-2021-44228', 'requests:read', 'a name', 'x'.repeat(minLength)]
  const fitting = plain.filter((text) => text.length >= minLength && text.length <= maxLength)
  return fc.oneof(fc.constantFrom(...fitting), fc.constant('http://127.0.0.1:9'))
}

function arbitraryText(world: World, schema: Schema): fc.Arbitrary<string> {
  if (world.polite) return politeText(world, schema)
  const { format, pattern, minLength = 0, maxLength = 40 } = schema
  const bounded = [minLength, minLength + 1, Math.min(maxLength, 5_000), Math.min(maxLength + 1, 5_001)]
  const usual = fc.constantFrom(
    '1.1.1.1',
    'example.com',
    'requests:read',
    'viewer',
    'cve-form',
    'virustotal',
    'a name',
    'http://127.0.0.1:9',
    ...bounded.map((length) => 'x'.repeat(length)),
  )
  if (format === 'uuid')
    return fc.oneof(fc.uuid(), fc.constantFrom(...world.targets.ids), usual, fc.constantFrom(...oddTexts))
  if (format === 'email')
    return fc.oneof(fc.constantFrom('a@b.test', 'A@b.test', `${'a'.repeat(70)}@b.test`, 'a@', '@'), fc.emailAddress())
  if (format === 'date-time')
    return fc.constantFrom(
      '2026-11-21T12:00:00Z',
      '9999-12-31T23:59:59Z',
      '0000-00-00T00:00:00Z',
      '+275760-09-13T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '1969-01-01T00:00:00Z',
    )
  const fitting = pattern === undefined ? usual : fc.stringMatching(new RegExp(pattern))
  const odd = fc.oneof(fc.constantFrom(...oddTexts), fc.constantFrom(...unstorable), fc.string({ maxLength: 30 }))
  return fc.oneof(fitting, usual, odd)
}
