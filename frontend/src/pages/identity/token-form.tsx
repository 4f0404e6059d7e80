import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { meQuery, tokensQuery } from '../../api/queries.ts'
import type { CreatedApiToken } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Section } from '../../ui/layout/section.tsx'

const LIVES = [
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: '1 year' },
  { days: 0, label: 'No end' },
] as const

const DAY_MS = 86_400_000
const USUAL = ['requests:read', 'requests:write', 'sources:read']

export function TokenForm({ onCreated }: { onCreated: (token: CreatedApiToken) => void }) {
  const { data: me } = useQuery(meQuery)
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(USUAL))
  const [days, setDays] = useState(90)
  const create = useMutation({
    mutationFn: () =>
      api.createApiToken({
        name: name.trim(),
        scopes: [...scopes],
        expiresAt: days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null,
      }),
    onSuccess: async (token) => {
      setName('')
      onCreated(token)
      await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
    },
  })
  const errors = create.error ? toProblem(create.error).errors : undefined
  // A token can never do more than the one who makes it.
  const offered = me?.scopes ?? USUAL
  return (
    <Section title="New token">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <Field
          label="Name"
          hint="What will use it, such as “mail gateway”."
          error={errors?.find((entry) => entry.path.endsWith('name'))?.message}
        >
          {(ids) => (
            <input
              {...ids}
              className="field"
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <fieldset className="space-y-1">
          <legend className="mb-1 text-sm font-medium">Scope</legend>
          {offered.map((scope) => (
            <label key={scope} className="flex items-center gap-2 text-sm">
              <input
                type="checkbox"
                checked={scopes.has(scope)}
                onChange={(event) => {
                  const next = new Set(scopes)
                  if (event.target.checked) next.add(scope)
                  else next.delete(scope)
                  setScopes(next)
                }}
              />
              <code>{scope}</code>
            </label>
          ))}
        </fieldset>
        <Field label="Ends after">
          {(ids) => (
            <select {...ids} className="field" value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {LIVES.map((life) => (
                <option key={life.days} value={life.days}>
                  {life.label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <ProblemNotice error={create.error} />
        <Button type="submit" look="primary" className="w-full" disabled={create.isPending || scopes.size === 0}>
          Create token
        </Button>
      </form>
    </Section>
  )
}
