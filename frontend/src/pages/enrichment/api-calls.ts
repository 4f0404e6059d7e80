import type { RequestBody } from '../../api/types.ts'
import type { ApiCall } from '../../snippet/snippet.ts'

/** The request that Run would make; the program waits for the answers. */
export function requestCall(body: RequestBody): ApiCall {
  return {
    name: 'Ask the sources',
    method: 'POST',
    path: '/api/v1/requests',
    body: { ...body, wait: true },
    scope: 'requests:write',
    prints: { list: 'indicators', members: ['defanged', 'verdict.summary'] },
  }
}

/** What the page does while something is pasted: find the indicators, ask nobody. */
export function extractCall(body: { text: string; hosts?: boolean }): ApiCall {
  return {
    name: 'Only find indicators',
    method: 'POST',
    path: '/api/v1/indicators/extract',
    body,
    scope: 'requests:write',
    prints: { list: 'indicators', members: ['kind', 'defanged'] },
  }
}
