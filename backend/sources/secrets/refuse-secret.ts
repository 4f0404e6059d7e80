import { type Clock, fail } from '../../foundation/index.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'

/** @throws AppError not-found: the source has no secret of this name; its names are told. */
export function refuseName(source: BuiltSource, name: string): never {
  const names = source.manifest.secrets.map((secret) => secret.name)
  const known = names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none.'
  fail('not-found', `${source.manifest.name} has no secret named "${name}". ${known}`)
}

/** @throws AppError not-found: the organization has set no such secret itself. */
export function refuseUnset(source: BuiltSource, name: string): never {
  const isKnown = source.secrets.has(name) || source.manifest.secrets.some((secret) => secret.name === name)
  if (!isKnown) refuseName(source, name)
  const above = source.secrets.has(name) ? ' here: it comes from an organization above' : ''
  fail('not-found', `The secret ${name} is not set${above}.`)
}

/** @throws AppError invalid-input: the time at which it is to end is over. */
export function refusePast(expiresAt: Date | null, clock: Clock): void {
  if (expiresAt && expiresAt.getTime() <= clock.now())
    refuse('expiresAt', 'is in the past', 'Give a time to come, or leave it out.')
}

/** @throws AppError invalid-input about one field, with the way to mend it. */
export function refuse(path: string, message: string, fix: string): never {
  fail('invalid-input', `${path} ${message}. ${fix}`, { fields: [{ path, message, fix }] })
}
