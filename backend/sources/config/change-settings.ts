import { type Actor, fail, type FieldError, type Postgres, type RecordChange } from '../../foundation/index.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { announceChange } from '../store/revision.ts'
import { lockSettings, saveSettings, type SourceSettings } from '../store/sources.ts'
import { checkConfig } from './check-config.ts'

/** What to change; what is left out stays. A configuration value of null goes back to its default. */
export type SettingsChange = {
  enabled?: boolean | undefined
  disabledKinds?: string[] | undefined
  config?: Record<string, unknown> | undefined
}

/** @throws AppError invalid-input naming each field, gone. */
export async function changeSettings(
  { sql, record }: { sql: Postgres; record: RecordChange },
  actor: Actor,
  source: BuiltSource,
  change: SettingsChange,
): Promise<void> {
  await sql.begin(async (tx) => {
    const before = await lockSettings(tx, source.row.id)
    if (!before) fail('gone', 'The source was deleted meanwhile.')
    const after = applyChange(before, change)
    const fields = faultsOf(source, after, change)
    if (fields.length > 0)
      fail('invalid-input', `${fields[0]!.path} ${fields[0]!.message}. ${fields[0]!.fix ?? ''}`.trim(), { fields })
    await saveSettings(tx, source.row.id, after)
    await record(tx, actor, {
      action: 'source.change',
      resource: { type: 'source', id: source.row.slug, name: source.manifest.name },
      organizationId: null,
      before: shown(before),
      after: shown(after),
    })
    await announceChange(tx)
  })
}

function applyChange(before: SourceSettings, change: SettingsChange): SourceSettings {
  const merged = { ...before.config, ...change.config }
  return {
    enabled: change.enabled ?? before.enabled,
    disabledKinds: change.disabledKinds ? [...new Set(change.disabledKinds)] : before.disabledKinds,
    config: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)),
  }
}

/** For the audit: each field of the configuration by itself. */
function shown({ enabled, disabledKinds, config }: SourceSettings): Record<string, unknown> {
  const fields = Object.entries(config).map(([name, value]) => [`config.${name}`, value] as const)
  return { enabled, disabledKinds, ...Object.fromEntries(fields) }
}

/** Only what this change brings in: an old fault elsewhere must not keep the operator from mending another. */
function faultsOf({ manifest }: BuiltSource, after: SourceSettings, change: SettingsChange): FieldError[] {
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
  const config = checkConfig(manifest.config, after.config)
    .errors.filter(({ field }) => change.config && Object.hasOwn(change.config, field))
    .map(({ field, message, fix }) => ({ path: `config.${field}`, message, fix }))
  return [...kinds, ...config]
}
