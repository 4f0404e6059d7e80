import {
  type Actor,
  type Change,
  fail,
  type KeyRing,
  type Postgres,
  type RecordChange,
} from '../../foundation/index.ts'
import { configuredHosts } from '../config/resolve-hosts.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { announceChange } from '../store/revision.ts'
import { saveSecret } from '../store/secrets.ts'
import { secretContext } from './open-secret.ts'

const longestSecret = 10_000
/** Of a shorter secret, four characters would tell too much. */
const shortestShown = 12

/** Seals and stores a secret. It can be used from now on and never be read again. @throws AppError not-found, invalid-input. */
export async function setSecret(
  parts: { sql: Postgres; keyRing: KeyRing; record: RecordChange },
  source: BuiltSource,
  name: string,
  value: string,
  actor: Actor,
): Promise<void> {
  const rule = source.manifest.secrets.find((secret) => secret.name === name)
  if (!rule) refuseName(source, name)
  refuseValue(value, rule.use.as === 'header')
  const boundHosts = configuredHosts(source.manifest.hosts, source.config.values)
  const sourceId = source.snapshot.id
  const sealed = parts.keyRing.seal(value, secretContext(sourceId, name, boundHosts))
  const last4 = value.length >= shortestShown ? value.slice(-4) : ''
  await parts.sql.begin(async (tx) => {
    await saveSecret(tx, { sourceId, name, sealed, boundHosts, last4, updatedBy: actor.userId })
    await parts.record(tx, actor, {
      action: 'source-secret.set',
      ...namedSecret(source, name),
      after: { source: source.row.slug, last4, boundHosts },
    })
    await announceChange(tx)
  })
}

/** A secret for the audit, which keeps nothing of its value but the last four characters that everybody sees. */
export function namedSecret({ row, manifest }: BuiltSource, name: string): Pick<Change, 'resource' | 'organizationId'> {
  const resource = { type: 'source-secret', id: `${row.slug}/${name}`, name: `${name} of ${manifest.name}` }
  return { resource, organizationId: null }
}

export function refuseName(source: BuiltSource, name: string): never {
  const names = source.manifest.secrets.map((secret) => secret.name)
  const known = names.length > 0 ? `It has: ${names.join(', ')}.` : 'It has none.'
  fail('not-found', `${source.manifest.name} has no secret named "${name}". ${known}`)
}

function refuseValue(value: string, isHeader: boolean): void {
  const wrong =
    value.trim() === ''
      ? 'is empty'
      : value.length > longestSecret
        ? `is longer than ${longestSecret} characters`
        : value !== value.trim()
          ? 'begins or ends with a space'
          : // What goes into a header must not be able to begin another one.
            isHeader && /[^\x20-\x7e]/.test(value)
            ? 'has a character that a header cannot carry'
            : undefined
  if (wrong)
    fail('invalid-input', `value ${wrong}.`, {
      fields: [{ path: 'value', message: wrong, fix: 'Copy it again from the provider.' }],
    })
}
