import { expect } from 'vitest'
import type { Product } from '../../support/product.ts'

/** What stands in the product for requests to hit: addresses, ids that bodies may name, and bodies that were taken. */
export type Targets = {
  paths: readonly string[]
  ids: readonly string[]
  posted: readonly { path: string; json: object }[]
}

/** One of each thing that an address can name, several times: what a fuzz deletes is gone for the next request. */
export async function plantTargets(product: Product, times = 4): Promise<Targets> {
  const paths = ['cve-form', 'own-domains', 'virustotal'].map((slug) => `/api/v1/sources/${slug}`)
  paths.push('/api/v1/sources/virustotal/secrets/apiKey')
  const ids: string[] = []
  const posted: { path: string; json: object }[] = []
  const make = async (path: string, json: object): Promise<Record<string, string>> => {
    const answer = await product.api(`/api/v1${path}`, { json })
    expect([200, 201], `${path}: ${await answer.clone().text()}`).toContain(answer.status)
    posted.push({ path: `/api/v1${path}`, json })
    return (await answer.json()) as Record<string, string>
  }
  for (let time = 0; time < times; time += 1) {
    const mark = `${Date.now()}-${time}`
    const own = async (path: string, json: object, key = 'id'): Promise<string> => {
      const made = (await make(path, json))[key]!
      paths.push(`/api/v1${path}/${made}`)
      return made
    }
    const organization = await own('/organizations', { name: `Planted ${mark}` })
    const group = await own('/groups', { name: `Planted ${mark}` })
    const person = { email: `planted-${mark}@b.test`, name: 'Planted', role: 'viewer' }
    const { user } = (await make('/users', person)) as unknown as { user: { id: string } }
    const userId = user.id
    paths.push(`/api/v1/users/${userId}`, `/api/v1/groups/${group}/members/${userId}`)
    const account = await own('/service-accounts', { name: `Planted ${mark}`, role: 'viewer' })
    await own(`/service-accounts/${account}/api-tokens`, { name: 'planted', scopes: ['requests:read'] })
    await own('/api-tokens', { name: `planted ${mark}`, scopes: ['requests:read'] })
    await own('/role-grants', {
      subjectType: 'user',
      subjectId: userId,
      role: 'viewer',
      resourceId: organization,
    })
    const provider = { slug: `planted-${mark}`, name: 'Planted', issuer: 'http://127.0.0.1:9', clientId: 'indag' }
    await own('/openid-providers', provider, 'slug')
    await own('/ignore-lists', {
      scope: 'global',
      match: 'exact',
      value: `planted-${mark}.example.com`,
      reason: 'planted',
    })
    await own('/requests', { indicators: ['CVE-2021-44228'], sources: ['cve-form'], tlp: 'RED', wait: true })
    await make('/requests/preview', { indicators: ['CVE-2021-44228'], sources: ['cve-form'] })
    ids.push(organization, group, userId, account)
  }
  const { items } = (await (await product.api('/api/v1/audit?limit=3')).json()) as { items: { id: string }[] }
  for (const { id } of items) paths.push(`/api/v1/audit/${id}`)
  const { items: providers } = (await (await product.api('/api/v1/providers')).json()) as { items: { slug: string }[] }
  for (const { slug } of providers.slice(0, 2)) paths.push(`/api/v1/providers/${slug}`)
  return { paths, ids, posted }
}
