import { useState } from 'react'
import { ExternalLink } from 'lucide-react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import type { SecretView, SourceDetail } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useMayWrite } from './enabled-section.tsx'
import { SecretAnswer } from './secret-answer.tsx'
import { SecretEnd } from './secret-end.tsx'
import { SecretState } from './secret-state.tsx'
import { useChangeSource } from './use-change-source.ts'

/** One secret: how it stands, a field for another one, and what the provider says to that. */
export function SecretForm({ source, secret }: { source: SourceDetail; secret: SecretView }) {
  const [value, setValue] = useState('')
  const [expiry, setExpiry] = useState('')
  const mayWrite = useMayWrite()
  const save = useChangeSource(
    source.slug,
    async (force: boolean) => {
      const ends = expiry === '' ? {} : { expiresAt: `${expiry}T00:00:00Z` }
      const saved = await api.setSecret(source, secret.name, { value, force, ...ends })
      setValue('')
      setExpiry('')
      return saved
    },
    () => `Saved ${secret.name} of ${source.name}`,
  )
  const remove = useChangeSource(
    source.slug,
    () => api.deleteSecret(source, secret.name),
    () => `Removed ${secret.name} of ${source.name}`,
  )
  const id = `secret-${secret.name}`
  const edit = (change: () => void) => {
    change()
    if (!save.isPending) save.reset()
  }
  return (
    <form
      className="space-y-1.5"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(false)
      }}
    >
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={id} className="text-sm font-medium">
          {secret.name}
        </label>
        <Badge>{secret.required ? 'required' : 'optional'}</Badge>
        {secret.set && secret.last4 && <code className="text-xs text-muted">…{secret.last4}</code>}
        {secret.help && /^https?:/.test(secret.help) && (
          <a
            className="ml-auto inline-flex items-center gap-1 text-xs font-medium text-accent hover:underline"
            href={secret.help}
            target="_blank"
            rel="noreferrer noopener"
          >
            Where to get it <ExternalLink aria-hidden className="size-3.5" />
          </a>
        )}
      </div>
      {secret.description && <p className="text-xs text-muted">{secret.description}</p>}
      <SecretState secret={secret} />
      {mayWrite && secret.set && !secret.inherited && <SecretEnd source={source} secret={secret} />}
      <div className="flex flex-wrap items-end gap-2">
        <input
          id={id}
          className="field min-w-40 flex-1 font-mono"
          type="password"
          autoComplete="off"
          required
          disabled={!mayWrite}
          aria-invalid={fieldError(save.error, 'value') !== undefined}
          aria-describedby={`${id}-answer`}
          placeholder={secret.set && !secret.inherited ? 'Type a new value to replace it' : 'Type a value'}
          value={value}
          onChange={(event) => edit(() => setValue(event.target.value))}
        />
        <label className="text-xs text-muted">
          Expires on, if it does
          <input
            className="field mt-0.5 block w-40!"
            type="date"
            disabled={!mayWrite}
            aria-invalid={fieldError(save.error, 'expiresAt') !== undefined}
            value={expiry}
            onChange={(event) => edit(() => setExpiry(event.target.value))}
          />
        </label>
        <Button type="submit" look="primary" disabled={!mayWrite || value === '' || save.isPending}>
          {save.isPending ? 'Testing…' : 'Test and save'}
        </Button>
        {secret.set && !secret.inherited && (
          <Button look="danger" disabled={!mayWrite || remove.isPending} onClick={() => remove.mutate(undefined)}>
            Remove
          </Button>
        )}
      </div>
      <div id={`${id}-answer`}>
        <SecretAnswer
          name={source.name}
          check={save.data?.check ?? null}
          error={save.error}
          busy={save.isPending}
          onForce={() => save.mutate(true)}
          onGiveUp={() => save.reset()}
        />
        <ProblemNotice error={remove.error} />
      </div>
    </form>
  )
}
