import { type Actor, type Clock, fail, type KeyRing, type Postgres, type RecordChange } from '../../foundation/index.ts'
import type { RunnerPool } from '../../runner-pool/index.ts'
import { configuredHosts } from '../config/resolve-hosts.ts'
import type { Quotas } from '../quotas/quota.ts'
import { buildSource, type BuiltSource } from '../snapshot/build-source.ts'
import { announceChange } from '../store/revision.ts'
import { saveSecret, type SecretRow } from '../store/secrets.ts'
import { checkSecret, type Check } from './check-secret.ts'
import { secretContext } from './open-secret.ts'
import { refuse, refuseName, refusePast } from './refuse-secret.ts'

const longestSecret = 10_000
/** Of a shorter secret, four characters would tell too much. */
const shortestShown = 12

export type SecretWish = {
  organizationId: string
  name: string
  value: string
  expiresAt: Date | null
  /** Whether the provider is asked before it is saved. */
  test: boolean
  /** Save it also when the provider could not be asked. One that the provider refuses is not saved. */
  force: boolean
}

export type SetSecretParts = {
  sql: Postgres
  keyRing: KeyRing
  clock: Clock
  quotas: Quotas
  record: RecordChange
  pool: Pick<RunnerPool, 'call'> | undefined
}

/**
 * Tests a secret with its provider, seals and stores it. It can be used from now on and never be read again. Gives what the provider
 * said, null when it was not to be asked.
 * @throws AppError not-found, invalid-input (also when the provider refuses it), conflict when the provider did not say.
 */
export async function setSecret(
  parts: SetSecretParts,
  actor: Actor,
  source: BuiltSource,
  wish: SecretWish,
): Promise<Check | null> {
  const { sql, record, clock } = parts
  const rule = source.manifest.secrets.find((secret) => secret.name === wish.name)
  if (!rule) refuseName(source, wish.name)
  refuseValue(wish.value, rule.use.as === 'header')
  refusePast(wish.expiresAt, clock)
  const row = sealRow(parts, source, wish)
  const check = wish.test ? await checkSecret(parts, withSecret(parts, source, row), wish.value) : null
  if (check) refuseUntaken(source, check, wish.force)
  await sql.begin(async (tx) => {
    await saveSecret(tx, { ...row, updatedBy: actor.userId })
    await record(tx, actor, {
      action: 'source-secret.set',
      resource: { type: 'source-secret', id: `${source.row.slug}/${wish.name}`, name: wish.name },
      organizationId: wish.organizationId,
      after: {
        source: source.row.slug,
        last4: row.last4,
        boundHosts: row.boundHosts,
        expiresAt: wish.expiresAt?.toISOString() ?? null,
      },
    })
    await announceChange(tx)
  })
  return check
}

function sealRow({ keyRing }: SetSecretParts, source: BuiltSource, wish: SecretWish): SecretRow {
  const { organizationId, name, value, expiresAt } = wish
  const boundHosts = configuredHosts(source.manifest.hosts, source.config.values)
  const sourceId = source.row.id
  return {
    organizationId,
    sourceId,
    name,
    boundHosts,
    expiresAt,
    sealed: keyRing.seal(value, secretContext({ organizationId, sourceId, name, boundHosts })),
    last4: value.length >= shortestShown ? value.slice(-4) : '',
    updatedAt: new Date(),
    lastUsedAt: null,
  }
}

/** The source as it would be with this secret. */
function withSecret({ keyRing, clock }: SetSecretParts, source: BuiltSource, row: SecretRow): BuiltSource {
  const others = source.effective.secrets.filter((secret) => secret.name !== row.name)
  const { organizationId } = row
  const effective = {
    ...source.effective,
    secrets: [...others, row],
    ownerId: organizationId,
    quotaOwnerId: organizationId,
  }
  const { manifest, dataset, twin } = source
  return buildSource({ effective, manifest, dataset, twin }, keyRing, clock.now())
}

function refuseUntaken({ manifest }: BuiltSource, check: Check, force: boolean): void {
  const status = 'status' in check && check.status !== null ? ` (HTTP ${check.status})` : ''
  if (check.outcome === 'refused')
    refuse(
      'value',
      `is refused by ${manifest.name}${status}: ${check.says}`,
      'Copy it again from the provider. Nothing was saved.',
    )
  if (check.outcome !== 'unclear' || force) return
  fail('conflict', `${manifest.name} could not be asked whether it takes the secret${status}: ${check.says}`, {
    fields: [{ path: 'force', message: check.says, fix: 'Nothing was saved. Send "force": true to save it untested.' }],
  })
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
  if (wrong) refuse('value', wrong, 'Copy it again from the provider.')
}
