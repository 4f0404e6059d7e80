import { expect } from 'vitest'
import type { Postgres } from '../../../../backend/foundation/index.ts'
import type { IdentityOptions } from '../../../../backend/identity/index.ts'
import { setUpAdmin, startIdentity } from '../start-identity.ts'
import { PageVisitor } from './page-visitor.ts'

export const publicUrl = 'http://indag.test'
export const redirectUri = (slug: string): string => `${publicUrl}/auth/openid/${slug}/callback`

export type Settings = Record<string, unknown>

/** The product with an administrator, and what a test of sign-in by providers does with it. */
export async function openFrontDoor(sql: Postgres, options: Partial<IdentityOptions> = {}) {
  const product = await startIdentity(sql, { publicUrl, ...options })
  const admin = await setUpAdmin(product)
  const visitor = (login = 'alice'): PageVisitor => {
    const made = new PageVisitor({ 'indag.test': product.url })
    made.login = login
    return made
  }
  const door = {
    ...product,
    admin,
    visitor,
    /** Makes a provider by the API. */
    async provider(slug: string, settings: Settings): Promise<void> {
      const body = { slug, name: slug, clientId: 'indag', clientSecret: 'a secret of the client', ...settings }
      const answer = await product.ask('POST', '/api/v1/openid-providers', admin, body)
      expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    },
    async change(slug: string, settings: Settings): Promise<void> {
      const answer = await product.ask('PATCH', `/api/v1/openid-providers/${slug}`, admin, settings)
      expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    },
    startUrl: (slug: string, next = '/history') =>
      `${publicUrl}/auth/openid/${slug}/start?next=${encodeURIComponent(next)}`,
    /** Goes through the provider and back. Where it ended, and who is signed in there. */
    async signIn(slug: string, by: PageVisitor = visitor()) {
      const { url } = await by.go(door.startUrl(slug), ends)
      return {
        url,
        problem: url.searchParams.get('problem'),
        me: await door.me(by),
        text: await door.problemOf(by, url),
      }
    },
    async me(by: PageVisitor): Promise<{ id: string; email: string; role: string; name: string } | null> {
      const answer = await product.ask('GET', '/api/v1/me', { cookie: by.cookiesOf('indag.test') })
      return answer.status === 200 ? (answer.body['user'] as never) : null
    },
    /** What the sign-in page would say. */
    async problemOf(by: PageVisitor, url: URL): Promise<string> {
      const code = url.searchParams.get('problem')
      if (code === null) return ''
      const answer = await product.ask('GET', `/auth/openid/problem?code=${code}`, {
        cookie: by.cookiesOf('indag.test'),
      })
      const { title, detail, fix } = answer.body['problem'] as Record<string, string>
      return `${title}. ${detail} ${fix}`
    },
  }
  return door
}

/** Pages of the product, which this server does not have. */
export const ends = /^http:\/\/indag\.test\/(?!auth\/)/

export type FrontDoor = Awaited<ReturnType<typeof openFrontDoor>>
