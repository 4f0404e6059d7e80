import type { OrganizationTree } from '../../identity/index.ts'
import { describeSecret, type SecretStanding } from '../readiness.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import type { SecretRow } from '../store/secrets.ts'

export const secretCares = ['secret-missing', 'secret-unusable', 'secret-expiring', 'secret-expired'] as const
/** What somebody should do something about. */
export type SecretCare = (typeof secretCares)[number]

/** Time to get another secret from a provider. */
const expiringBeforeMs = 14 * 86_400_000

export type SecretFinding = {
  care: SecretCare
  /** Where it is mended. */
  organizationId: string
  sourceId: string
  slug: string
  sourceName: string
  secretName: string
  detail: string
}

/** Names a finding, as its row in the database does. */
export const findingKey = ({
  care,
  organizationId,
  sourceId,
  secretName,
}: Pick<SecretFinding, 'care' | 'organizationId' | 'sourceId' | 'secretName'>): string =>
  [care, organizationId, sourceId, secretName].join(' ')

/**
 * What is wrong with the secrets of sources that are in use, told once: of a secret to its owner, of one that is missing
 * or that somebody's configuration keeps back at the highest organization that it is so for. `asked`: ids of the sources
 * that were ever asked. A source that nobody configured or asked is not missed. Pure.
 */
export function judgeSecrets(
  sources: readonly BuiltSource[],
  asked: ReadonlySet<string>,
  tree: OrganizationTree,
  nowMs: number,
): SecretFinding[] {
  const judged = sources
    .filter(({ snapshot }) => snapshot.enabled && snapshot.provider.enabled)
    .flatMap((source) => source.manifest.secrets.flatMap((rule) => judgeSecret(source, rule, nowMs) ?? []))
    .filter(({ finding }) => !tree.isArchived(finding.organizationId))
    .filter(({ finding, isMissed }) => isMissed || asked.has(finding.sourceId))
  const byKey = new Map(judged.map((one) => [findingKey(one.finding), one]))
  return [...byKey.values()]
    .filter(({ finding, isOwn }) => {
      const above = isOwn ? [] : tree.pathUp(finding.organizationId).slice(1)
      return !above.some((organizationId) => byKey.has(findingKey({ ...finding, organizationId })))
    })
    .map(({ finding }) => finding)
}

/** `isOwn`: it is about a secret of that organization. `isMissed`: somebody has given this source values. */
type Judged = { finding: SecretFinding; isOwn: boolean; isMissed: boolean }

function judgeSecret(
  { row, manifest, secrets, effective }: BuiltSource,
  rule: BuiltSource['manifest']['secrets'][number],
  nowMs: number,
): Judged | undefined {
  const known = secrets.get(rule.name)
  const judged = judgeStanding(manifest.name, rule, known, nowMs)
  if (!judged) return undefined
  // What keeps a lent secret from being sent is the configuration of whoever borrows it.
  const organizationId = known && known.state !== 'moved' ? known.row.organizationId : effective.organizationId
  return {
    finding: {
      ...judged,
      organizationId,
      sourceId: row.id,
      slug: row.slug,
      sourceName: manifest.name,
      secretName: rule.name,
    },
    isOwn: known?.row.organizationId === organizationId,
    isMissed: effective.ownerId !== null,
  }
}

function judgeStanding(
  sourceName: string,
  rule: { name: string; required: boolean },
  known: (SecretStanding & { row: Pick<SecretRow, 'expiresAt'> }) | undefined,
  nowMs: number,
): Pick<SecretFinding, 'care' | 'detail'> | undefined {
  const detail = describeSecret(sourceName, rule, known)
  if (detail !== null) {
    const care = !known ? 'secret-missing' : known.state === 'expired' ? 'secret-expired' : 'secret-unusable'
    return { care, detail }
  }
  const endsAt = known?.row.expiresAt
  if (!endsAt || endsAt.getTime() - nowMs > expiringBeforeMs) return undefined
  return {
    care: 'secret-expiring',
    detail:
      `The secret ${rule.name} of ${sourceName} expires on ${endsAt.toISOString().slice(0, 10)}. ` +
      'Get another one from the provider and enter it.',
  }
}
