type Props = {
  offered: readonly string[]
  chosen: readonly string[]
  onChange: (scopes: readonly string[]) => void
}

/** What a token may do: one line a resource, reading and writing side by side. */
export function ScopeList({ offered, chosen, onChange }: Props) {
  const resources = Map.groupBy(offered, (scope) => scope.split(':')[0] ?? scope)
  const tick = (scope: string, on: boolean) =>
    onChange(on ? [...chosen, scope] : chosen.filter((other) => other !== scope))
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">Scope</legend>
      <div className="divide-y divide-line rounded-md border border-line">
        {[...resources].map(([resource, scopes]) => (
          <div key={resource} className="flex items-center gap-3 px-2.5 py-1 text-sm">
            <span className="min-w-0 flex-1 truncate">{resource.replace('-', ' ')}</span>
            {['read', 'write'].map((verb) => {
              const scope = scopes.find((each) => each.endsWith(`:${verb}`))
              return scope ? (
                <label key={verb} className="flex w-14 items-center gap-1.5 text-xs" title={scope}>
                  <input
                    type="checkbox"
                    aria-label={scope}
                    checked={chosen.includes(scope)}
                    onChange={(event) => tick(scope, event.target.checked)}
                  />
                  {verb}
                </label>
              ) : (
                <span key={verb} className="w-14" />
              )
            })}
          </div>
        ))}
      </div>
    </fieldset>
  )
}
