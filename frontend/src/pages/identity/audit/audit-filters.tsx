import { withValue } from '../../../search.ts'
import type { AuditSearch, ChangeSearch } from '../../../search.ts'
import { Choice } from '../../../ui/choice.tsx'

/** Beginnings of actions, by what they are about. */
const subjects: [string, string][] = [
  ['user.', 'users'],
  ['service-account.', 'service accounts'],
  ['api-token.', 'API tokens'],
  ['group.', 'groups'],
  ['organization.', 'organizations'],
  ['role.', 'roles'],
  ['openid-provider.', 'OpenID providers'],
  ['source.', 'sources'],
  ['source-secret.', 'secrets'],
  ['provider.', 'providers'],
  ['ignore-entry.', 'ignore lists'],
  ['access.', 'access'],
]

/** The filters of the log, which stand in the address. */
export function AuditFilters({ search, onSearch }: { search: AuditSearch; onSearch: ChangeSearch<AuditSearch> }) {
  const set = (key: keyof AuditSearch, value: string) => onSearch((now) => withValue(now, key, value))
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <Choice label="About" value={search.action} onChange={(value) => set('action', value)}>
        {subjects.map(([beginning, label]) => (
          <option key={beginning} value={beginning}>
            {label}
          </option>
        ))}
      </Choice>
      <Choice label="Outcome" value={search.outcome} onChange={(value) => set('outcome', value)}>
        <option>done</option>
        <option>denied</option>
      </Choice>
      <input
        type="date"
        aria-label="Day (UTC)"
        className="field w-auto!"
        value={search.day ?? ''}
        onChange={(event) => set('day', event.target.value)}
      />
      {search.actor && <Chosen label="one person" onClear={() => set('actor', '')} />}
      {search.resourceId && <Chosen label="one thing" onClear={() => set('resourceId', '')} />}
    </div>
  )
}

function Chosen({ label, onClear }: { label: string; onClear: () => void }) {
  return (
    <button
      type="button"
      className="rounded-full border border-accent px-2.5 py-0.5 text-xs text-accent hover:bg-hover"
      onClick={onClear}
    >
      Only {label}: show all
    </button>
  )
}
