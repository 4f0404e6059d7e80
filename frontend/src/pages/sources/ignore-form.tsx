import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ignoreKey, sourcesQuery } from '../../api/queries.ts'
import type { IgnoreMatch, IgnoreScope, NewIgnoreEntry } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Section } from '../../ui/layout/section.tsx'
import { say } from '../../ui/overlay/toast.tsx'

const MATCHES: Record<IgnoreMatch, string> = {
  suffix: 'Domain and all below it',
  cidr: 'Addresses of a network',
  exact: 'Exactly this value',
}

/** One more entry, for an organization and those below it; `place` is undefined until it is known. */
export function IgnoreForm({ place }: { place: string | undefined }) {
  const queries = useQueryClient()
  const { data: sources = [] } = useQuery(sourcesQuery)
  const [match, setMatch] = useState<IgnoreMatch>('suffix')
  const [value, setValue] = useState('')
  const [reason, setReason] = useState('')
  const [scope, setScope] = useState('global')
  const add = useMutation({
    mutationFn: () =>
      api.addIgnoreEntry(place, { match, value: value.trim(), reason: reason.trim(), ...readScope(scope) }),
    onSuccess: async () => {
      say('Ignored from now on', value.trim())
      setValue('')
      await queries.invalidateQueries({ queryKey: ignoreKey })
    },
  })
  const providers = [...new Map(sources.map(({ provider }) => [provider.slug, provider])).values()]
  return (
    <Section title="New entry">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
      >
        <Field label="Match">
          {(ids) => (
            <select
              {...ids}
              className="field"
              value={match}
              onChange={(event) => setMatch(event.target.value as IgnoreMatch)}
            >
              {Object.entries(MATCHES).map(([key, label]) => (
                <option key={key} value={key}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Value">
          {(ids) => (
            <input
              {...ids}
              className="field font-mono"
              required
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
        <Field label="Reason" hint="Shown on every row that it skips.">
          {(ids) => (
            <input
              {...ids}
              className="field"
              required
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <Field label="Where">
          {(ids) => (
            <select {...ids} className="field" value={scope} onChange={(event) => setScope(event.target.value)}>
              <option value="global">Everywhere</option>
              {providers.map((provider) => (
                <option key={provider.slug} value={`provider ${provider.slug}`}>
                  Provider {provider.name}
                </option>
              ))}
              {sources.map((source) => (
                <option key={source.slug} value={`source ${source.slug}`}>
                  Source {source.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <ProblemNotice error={add.error} />
        <Button type="submit" look="primary" className="w-full" disabled={add.isPending}>
          Ignore it
        </Button>
      </form>
    </Section>
  )
}

function readScope(text: string): Pick<NewIgnoreEntry, 'scope' | 'target'> {
  const [scope, target] = text.split(' ')
  return { scope: scope as IgnoreScope, ...(target ? { target } : {}) }
}
