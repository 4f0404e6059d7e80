import { useState } from 'react'
import { ExternalLink } from 'lucide-react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import type { SavedSecret, SecretView, SourceDetail } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Time } from '../../../ui/time.tsx'
import { useMayWrite } from './enabled-section.tsx'
import { useChangeSource } from './use-change-source.ts'

export function SecretsSection({ source }: { source: SourceDetail }) {
  return (
    <Section id="secrets" title="Keys" note="Tested with the provider when saved, never shown again.">
      <ul className="space-y-5">
        {source.secrets.map((secret) => (
          <li key={secret.name}>
            <Secret source={source} secret={secret} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Secret({ source, secret }: { source: SourceDetail; secret: SecretView }) {
  const [value, setValue] = useState('')
  const [expiry, setExpiry] = useState('')
  const mayWrite = useMayWrite()
  const save = useChangeSource(
    source.slug,
    async (force: boolean) => {
      const ends = expiry === '' ? {} : { expiresAt: new Date(`${expiry}T00:00:00Z`).toISOString() }
      const saved = await api.setSecret(source.slug, secret.name, { value, force, ...ends })
      setValue('')
      setExpiry('')
      return saved
    },
    () => `Saved ${secret.name} of ${source.name}`,
  )
  const remove = useChangeSource(
    source.slug,
    () => api.deleteSecret(source.slug, secret.name),
    () => `Removed ${secret.name} of ${source.name}`,
  )
  const id = `secret-${secret.name}`
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
        {secret.set && <code className="text-xs text-muted">…{secret.last4}</code>}
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
      {secret.problem && <p className="text-xs text-broken">{PROBLEMS[secret.problem]}</p>}
      {secret.description && <p className="text-xs text-muted">{secret.description}</p>}
      <div className="flex gap-2">
        <input
          id={id}
          className="field min-w-0 flex-1 font-mono"
          type="password"
          autoComplete="off"
          required
          disabled={!mayWrite}
          placeholder={secret.set ? 'Type a new value to replace it' : 'Not set'}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        <input
          className="field w-40!"
          type="date"
          aria-label={`${secret.name} expires on`}
          title="When the provider says that it expires, if it does"
          disabled={!mayWrite}
          value={expiry}
          onChange={(event) => setExpiry(event.target.value)}
        />
        <Button type="submit" look="primary" disabled={!mayWrite || value === '' || save.isPending}>
          {save.isPending ? 'Testing' : 'Save'}
        </Button>
        {secret.set && !secret.inherited && (
          <Button look="danger" disabled={!mayWrite || remove.isPending} onClick={() => remove.mutate(undefined)}>
            Remove
          </Button>
        )}
      </div>
      {secret.set && (
        <p className="text-xs text-muted">
          {secret.updatedAt && (
            <>
              Saved <Time at={secret.updatedAt} />
            </>
          )}
          {secret.lastUsedAt ? (
            <>
              , last used <Time at={secret.lastUsedAt} />
            </>
          ) : (
            ', not used yet'
          )}
          {secret.expiresAt && (
            <>
              , expires <Time at={secret.expiresAt} />
            </>
          )}
          {secret.inherited && ', from an organization above'}
        </p>
      )}
      {save.data?.check && <Said name={source.name} check={save.data.check} />}
      <ProblemNotice error={save.error ?? remove.error} />
      {save.error && fieldError(save.error, 'force') && (
        <Button size="small" disabled={save.isPending} onClick={() => save.mutate(true)}>
          Save anyway
        </Button>
      )}
    </form>
  )
}

const PROBLEMS = {
  broken: 'The saved key cannot be opened. Enter it again.',
  'key-missing': 'The server does not have the sealing key of the saved key. Put it back, or enter the key again.',
  moved: 'The saved key was entered for another host, so it is not sent. Enter it again for the present one.',
  expired: 'The saved key has expired, so it is not sent. Enter another one.',
}

/** What the provider said to the key that was just saved. */
function Said({ name, check }: { name: string; check: NonNullable<SavedSecret['check']> }) {
  const word =
    check.outcome === 'accepted' ? `${name} takes the key and answered` : 'Saved, but the provider has not confirmed it'
  return (
    <p role="status" className="text-xs text-muted">
      {word}: {check.says}
    </p>
  )
}
