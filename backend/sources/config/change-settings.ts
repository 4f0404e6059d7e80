import { type Actor, fail, type FieldError, type Postgres, type RecordChange } from '../../foundation/index.ts'
import { rootOrganizationId } from '../../identity/index.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import type { Picture } from '../snapshot/picture.ts'
import { lockOrganizationSettings, saveOrganizationSettings } from '../store/organization-settings.ts'
import { announceChange } from '../store/revision.ts'
import { lockSettings, saveSettings, type SourceSettings } from '../store/sources.ts'
import { checkConfig } from './check-config.ts'

/**
 * What to change; what is left out stays. A configuration value of null goes back to what is above: the default, or what
 * the organization above says. Below the root so does a null of the others.
 */
export type SettingsChange = {
  enabled?: boolean | null | undefined
  disabledKinds?: string[] | null | undefined
  config?: Record<string, unknown> | undefined
}

type Parts = { sql: Postgres; record: RecordChange; picture: Picture }
/** null: as it is above. */
type OwnSettings = { enabled: boolean | null; disabledKinds: string[] | null; config: Record<string, unknown> }

/** Changes what an organization sets of a source. @throws AppError invalid-input naming each field, gone. */
export async function changeSettings(
  parts: Parts,
  actor: Actor,
  organizationId: string,
  source: BuiltSource,
  change: SettingsChange,
): Promise<void> {
  await parts.sql.begin(async (tx) => {
    const sourceId = source.row.id
    const isRoot = organizationId === rootOrganizationId
    const before: OwnSettings | undefined = isRoot
      ? await lockSettings(tx, sourceId)
      : await lockOrganizationSettings(tx, organizationId, sourceId)
    if (!before) fail('gone', 'The source was deleted meanwhile.')
    const after = applyChange(before, change)
    const fields = [
      ...(isRoot ? faultsOfRoot(change) : []),
      ...faultsOf(source, { ...configAbove(parts.picture, organizationId, sourceId), ...after.config }, change),
    ]
    if (fields.length > 0)
      fail('invalid-input', `${fields[0]!.path} ${fields[0]!.message}. ${fields[0]!.fix ?? ''}`.trim(), { fields })
    if (isRoot) await saveSettings(tx, sourceId, after as SourceSettings)
    else await saveOrganizationSettings(tx, { organizationId, sourceId, ...after })
    await parts.record(tx, actor, {
      action: 'source.change',
      resource: { type: 'source', id: source.row.slug, name: source.manifest.name },
      organizationId,
      before: shown(before),
      after: shown(after),
    })
    await announceChange(tx)
  })
}

/** For the audit: each field of the configuration by itself. */
function shown({ enabled, disabledKinds, config }: OwnSettings): Record<string, unknown> {
  const fields = Object.entries(config).map(([name, value]) => [`config.${name}`, value] as const)
  return { enabled, disabledKinds, ...Object.fromEntries(fields) }
}

/** What the organizations above set of the configuration. */
function configAbove({ tree, variants }: Picture, organizationId: string, sourceId: string): Record<string, unknown> {
  const above = tree.pathUp(organizationId)[1]
  return above === undefined ? {} : (variants.of(above).byId.get(sourceId)?.row.config ?? {})
}

function applyChange(before: OwnSettings, change: SettingsChange): OwnSettings {
  const merged = { ...before.config, ...change.config }
  const { enabled = before.enabled, disabledKinds = before.disabledKinds } = change
  return {
    enabled,
    disabledKinds: disabledKinds && [...new Set(disabledKinds)],
    config: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)),
  }
}

/** There is nothing above the root that a null could go back to. */
function faultsOfRoot(change: SettingsChange): FieldError[] {
  return (['enabled', 'disabledKinds'] as const)
    .filter((path) => change[path] === null)
    .map((path) => ({ path, message: 'is null, and nothing is above this organization', fix: 'Give a value.' }))
}

/** Only what this change brings in: an old fault elsewhere must not keep the operator from mending another. */
function faultsOf({ manifest }: BuiltSource, config: Record<string, unknown>, change: SettingsChange): FieldError[] {
  const kinds = (change.disabledKinds ?? []).flatMap((kind, index): FieldError[] =>
    (manifest.kinds as string[]).includes(kind)
      ? []
      : [
          {
            path: `disabledKinds.${index}`,
            message: `"${kind}" is no kind of this source`,
            fix: `Use some of: ${manifest.kinds.join(', ')}.`,
          },
        ],
  )
  const values = checkConfig(manifest.config, config)
    .errors.filter(({ field }) => change.config && Object.hasOwn(change.config, field))
    .map(({ field, message, fix }) => ({ path: `config.${field}`, message, fix }))
  return [...kinds, ...values]
}
