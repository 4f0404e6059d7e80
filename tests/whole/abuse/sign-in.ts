import { expect } from 'vitest'
import type { Product } from '../../support/product.ts'

/** Signs the administrator in as a browser does; the cookie of the session, as `name=secret`. */
export async function signIn(product: Product, headers: Record<string, string> = {}): Promise<string> {
  const { email, password } = product.admin
  const answer = await fetch(`${product.url}/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url, ...headers },
    body: JSON.stringify({ email, password }),
  })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return answer.headers.getSetCookie()[0]!.split(';')[0]!
}
