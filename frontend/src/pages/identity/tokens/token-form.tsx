import { useQuery } from '@tanstack/react-query'
import { Code } from 'lucide-react'
import { useState } from 'react'
import { fieldError } from '../../../api/problem.ts'
import { meQuery } from '../../../api/queries.ts'
import type { CreatedApiToken, NewApiToken } from '../../../api/types.ts'
import type { ApiCall } from '../../../snippet/snippet.ts'
import { SnippetDialog } from '../../../snippet/snippet-dialog.tsx'
import { Button } from '../../../ui/button.tsx'
import { SelectField } from '../../../ui/form/select-field.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'
import { ScopeList } from './scope-list.tsx'

const LIVES = [
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: '1 year' },
  { days: 0, label: 'No end' },
] as const

const DAY_MS = 86_400_000
const USUAL = ['requests:read', 'requests:write', 'sources:read']

type Props = {
  create: (token: NewApiToken) => Promise<CreatedApiToken>
  /** Where a program would create the same, and with which scope. */
  path: string
  scope: string
  onCreated: (token: CreatedApiToken) => void
}

export function TokenForm({ create, path, scope, onCreated }: Props) {
  const { data: me } = useQuery(meQuery)
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>(USUAL)
  const [days, setDays] = useState(90)
  const [showSnippet, setShowSnippet] = useState(false)
  // A token can never do more than the one who makes it.
  const offered = me?.scopes ?? USUAL
  const wish = (): NewApiToken => ({
    name: name.trim(),
    scopes: offered.filter((each) => scopes.includes(each)),
    expiresAt: days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null,
  })
  const made = useChange({
    run: () => create(wish()),
    onDone: (token) => {
      setName('')
      onCreated(token)
    },
  })
  const call: ApiCall = { name: 'Create a token', method: 'POST', path, body: wish(), scope }
  return (
    <Section
      title="New token"
      actions={
        <Button size="small" look="ghost" onClick={() => setShowSnippet(true)}>
          <Code aria-hidden className="size-3.5" /> API
        </Button>
      }
    >
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          made.mutate()
        }}
      >
        <TextField
          label="Name"
          hint="What will use it, such as “mail gateway”."
          error={fieldError(made.error, 'name')}
          required
          maxLength={100}
          value={name}
          onChange={setName}
        />
        <ScopeList offered={offered} chosen={scopes} onChange={setScopes} />
        <SelectField
          label="Ends after"
          error={fieldError(made.error, 'expiresAt')}
          value={String(days)}
          onChange={(text) => setDays(Number(text))}
        >
          {LIVES.map((life) => (
            <option key={life.days} value={life.days}>
              {life.label}
            </option>
          ))}
        </SelectField>
        <ProblemNotice error={made.error} />
        <Button type="submit" look="primary" className="w-full" disabled={made.isPending || scopes.length === 0}>
          Create token
        </Button>
      </form>
      <SnippetDialog open={showSnippet} onClose={() => setShowSnippet(false)} calls={[call]} />
    </Section>
  )
}
