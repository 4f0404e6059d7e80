import { useQuery } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { meQuery } from '../../../api/queries.ts'
import type { SourceDetail } from '../../../api/types.ts'
import { useKinds } from '../../../indicator/kinds.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { useChangeSource } from './use-change-source.ts'

/** On or off as a whole, and kind by kind. */
export function EnabledSection({ source }: { source: SourceDetail }) {
  const kinds = useKinds()
  const readOnly = !useMayWrite()
  const change = useChangeSource(
    source.slug,
    (input: { enabled?: boolean; disabledKinds?: string[] }) => api.changeSource(source, input),
    (input) =>
      input.enabled === undefined
        ? `Saved the kinds of ${source.name}`
        : `${input.enabled ? 'Enabled' : 'Disabled'} ${source.name}`,
  )
  const changeProvider = useChangeSource(
    source.slug,
    (enabled: boolean) => api.changeProvider(source.provider.slug, { enabled }),
    (enabled) => `${enabled ? 'Enabled' : 'Disabled'} every source of ${source.provider.name}`,
  )
  const setKind = (kind: string, on: boolean) =>
    change.mutate({
      disabledKinds: on ? source.disabledKinds.filter((other) => other !== kind) : [...source.disabledKinds, kind],
    })
  return (
    <Section title="In use">
      <div className="space-y-3 text-sm">
        <label className="flex items-center gap-2 font-medium">
          <input
            id="enabled"
            type="checkbox"
            disabled={readOnly || change.isPending}
            checked={source.enabled}
            onChange={(event) => change.mutate({ enabled: event.target.checked })}
          />
          Ask this source
        </label>
        <label className="flex items-center gap-2">
          <input
            id="provider"
            type="checkbox"
            disabled={readOnly || changeProvider.isPending}
            checked={source.provider.enabled ?? true}
            onChange={(event) => changeProvider.mutate(event.target.checked)}
          />
          Ask the provider {source.provider.name} at all
        </label>
        <fieldset id="kinds" disabled={readOnly || change.isPending} className="space-y-1">
          <legend className="mb-1 text-xs font-medium text-muted">About these kinds</legend>
          {source.kinds.map((kind) => (
            <label key={kind} className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={!source.disabledKinds.includes(kind)}
                onChange={(event) => setKind(kind, event.target.checked)}
              />
              {kinds.name(kind)}
            </label>
          ))}
        </fieldset>
        <ProblemNotice error={change.error ?? changeProvider.error} />
      </div>
    </Section>
  )
}

/** The server decides; this only spares a click that would be refused. */
export function useMayWrite(): boolean {
  const { data: me } = useQuery(meQuery)
  return me?.scopes.includes('sources:write') ?? false
}
