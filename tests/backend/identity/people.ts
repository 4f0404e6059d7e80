import { expect } from 'vitest'
import { browser, password, type Answer, type StartedIdentity } from './start-identity.ts'

export type Headers = Record<string, string>
export type Person = { id: string; email: string; headers: Headers }

const tokenOf = (url: string) => new URL(url).hash.slice('#token='.length)

/** Makes things by the API and expects each to succeed: what a test needs before it begins. */
export function people(product: StartedIdentity, admin: Headers) {
  const make = async (path: string, body: object, by: Headers = admin): Promise<Answer['body']> => {
    const answer = await product.ask('POST', `/api/v1${path}`, by, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer.body
  }
  /** Follows a link as its receiver does. */
  async function accept(link: { url: string }): Promise<Headers> {
    const body = { token: tokenOf(link.url), password }
    const answer = await product.ask('POST', '/auth/password', {}, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return browser(answer.cookie)
  }
  return {
    make,
    accept,
    organization: async (name: string, parentId?: string) => (await make('/organizations', { name, parentId })).id,
    async person(name: string, role = 'viewer', organizationId?: string): Promise<Person> {
      const email = `${name.toLowerCase()}@example.org`
      const body = (await make('/users', { email, name, role, organizationId })) as unknown as {
        user: { id: string }
        link: { url: string }
      }
      return { id: body.user.id, email, headers: await accept(body.link) }
    },
    group: async (name: string, organizationId?: string) => (await make('/groups', { name, organizationId })).id,
    grant: async (subjectType: 'user' | 'group', subjectId: string, role: string, resourceId: string) =>
      (await make('/role-grants', { subjectType, subjectId, role, resourceId })).id,
    async join(groupId: string, userId: string): Promise<void> {
      const answer = await product.ask('PUT', `/api/v1/groups/${groupId}/members/${userId}`, admin)
      expect(answer.status, JSON.stringify(answer.body)).toBe(204)
    },
  }
}
