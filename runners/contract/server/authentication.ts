import { timingSafeEqual } from 'node:crypto'
import { Metadata, status } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'

/** A check of `authorization: Bearer <token>`; without a token every caller passes. Comparison takes constant time. */
export function makeAuthentication(token: string | undefined): (metadata: Metadata) => ServiceError | undefined {
  if (token === undefined) return () => undefined
  const wanted = Buffer.from(`Bearer ${token}`)
  return (metadata) => {
    const shown = Buffer.from(String(metadata.get('authorization')[0] ?? ''))
    if (shown.length === wanted.length && timingSafeEqual(shown, wanted)) return undefined
    const details = 'The runner wants its token: send metadata "authorization: Bearer <INDAG_RUNNER_TOKEN>"'
    return Object.assign(new Error(details), { code: status.UNAUTHENTICATED, details, metadata: new Metadata() })
  }
}
