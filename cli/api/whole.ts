import type { Api } from './client.ts'
import type { Items, Page } from './shapes.ts'

/** All pages of a list, as one. `path` has no query but its own. */
export async function whole<T>(api: Api, path: string): Promise<Items<T>> {
  const items: T[] = []
  const joint = path.includes('?') ? '&' : '?'
  let cursor: string | null = null
  do {
    const from: string = cursor === null ? '' : `&cursor=${cursor}`
    const page: Page<T> = await api.ask('GET', `${path}${joint}limit=200${from}`)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return { items }
}
