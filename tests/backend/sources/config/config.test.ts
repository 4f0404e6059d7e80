import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../../../backend/sources/config/check-config.ts'
import type { ConfigSchema } from '../../../../backend/sources/config/config-schema.ts'
import { configuredHosts, resolveHosts } from '../../../../backend/sources/config/resolve-hosts.ts'

const schema: ConfigSchema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 5 },
    url: { type: 'string', format: 'uri', default: 'https://a.example' },
    mode: { type: 'string', enum: ['fast', 'slow'] },
    days: { type: 'integer', minimum: 1, maximum: 30 },
    deep: { type: 'boolean', default: false },
    zones: { type: 'array', items: { type: 'string', enum: ['eu', 'us'] } },
  },
}
const faults = (given: Record<string, unknown>) =>
  checkConfig(schema, { name: 'abc', ...given }).errors.map(({ field, message }) => `${field} ${message}`)

describe('configuration values', () => {
  it('get the defaults of what is left out', () => {
    expect(checkConfig(schema, { name: 'abc' })).toEqual({
      values: { name: 'abc', url: 'https://a.example', deep: false },
      errors: [],
    })
  })

  it.each([
    [{ colour: 'red' }, 'colour is not a configuration field of this source'],
    [{ __proto__: null, constructor: 1 }, 'constructor is not a configuration field of this source'],
    [{ name: undefined }, 'name is missing'],
    [{ name: 'abcdef' }, 'name is too long'],
    [{ name: 7 }, 'name is not a text'],
    [{ url: 'file:///etc/passwd' }, 'url is not an http or https URL'],
    [{ url: 'https://user:pass@a.example' }, 'url holds a user name or password'],
    [{ url: 'nothing' }, 'url is not a URL'],
    [{ mode: 'odd' }, 'mode is not one of the allowed values'],
    [{ days: 1.5 }, 'days is not a whole number'],
    [{ days: 31 }, 'days is too large'],
    [{ days: Number.NaN }, 'days is not a number'],
    [{ deep: 'yes' }, 'deep is neither true nor false'],
    [{ zones: ['eu', 'mars'] }, 'zones has an entry that is not allowed: "mars"'],
  ])('%j is refused', (given, message) => {
    expect(faults(given)).toEqual([message])
  })

  it('are all refused at once, each with its fix', () => {
    expect(checkConfig(schema, { days: 0, mode: 'x' }).errors).toEqual([
      { field: 'name', message: 'is missing', fix: 'Give a text of 2 to 5 characters.' },
      { field: 'mode', message: 'is not one of the allowed values', fix: 'Give one of: fast, slow.' },
      { field: 'days', message: 'is too small', fix: 'Give a whole number from 1 to 30.' },
    ])
  })
})

describe('hosts', () => {
  it('come from configuration with the port that the URL names', () => {
    const hosts = ['{baseUrl}', 'CDN.example.com', '*.example.org:8443']
    expect(resolveHosts(hosts, { baseUrl: 'https://API.example.com/v2' })).toEqual([
      'api.example.com',
      'cdn.example.com',
      '*.example.org:8443',
    ])
    expect(resolveHosts(hosts, { baseUrl: 'http://127.0.0.1:8080' })[0]).toBe('127.0.0.1:8080')
    expect(resolveHosts(hosts, {})).toEqual(['cdn.example.com', '*.example.org:8443'])
    expect(configuredHosts(hosts, { baseUrl: 'https://api.example.com/v2' })).toEqual(['api.example.com'])
  })
})
