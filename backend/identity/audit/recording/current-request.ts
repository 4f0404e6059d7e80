import { AsyncLocalStorage } from 'node:async_hooks'
import { newId } from '../../../foundation/index.ts'

const requests = new AsyncLocalStorage<{ id: string }>()

/** What a proxy may have named it; anything else is not worth keeping. */
const requestIdForm = /^[\w-]{8,64}$/

/** Runs the work of one request, which its entries will name: by the proxy's `X-Request-Id`, else by an id of our own. */
export function withinRequest<T>(given: string | undefined, work: (id: string) => Promise<T>): Promise<T> {
  const id = given !== undefined && requestIdForm.test(given) ? given : newId()
  return requests.run({ id }, () => work(id))
}

/** null outside of a request: what the product does by itself. */
export function currentRequestId(): string | null {
  return requests.getStore()?.id ?? null
}
