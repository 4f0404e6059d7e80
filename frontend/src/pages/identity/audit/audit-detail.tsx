import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Button } from '../../../ui/button.tsx'
import { copy } from '../../../ui/clipboard.ts'
import type { AuditEntry } from './audit-calls.ts'
import { FieldDiff } from './field-diff.tsx'
import { RestoreButton } from './restore-button.tsx'

const ways: Record<AuditEntry['actor']['via'], string> = {
  session: 'signed in by a browser',
  token: 'by an API token',
  link: 'by a one-time link',
  system: 'Indag itself',
  nobody: 'not signed in',
}

/** Everything that an entry says. */
export function AuditDetail({ entry }: { entry: AuditEntry }) {
  const { actor, resource, traceId, requestId } = entry
  const token = actor.credentialName === null ? '' : ` "${actor.credentialName}"`
  return (
    <div className="space-y-3 border-t border-line bg-sunken px-4 py-3 text-sm">
      <FieldDiff before={entry.before} after={entry.after} />
      <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <Fact name="When">{new Date(entry.at).toISOString()}</Fact>
        <Fact name="Who">
          {actor.name}, {ways[actor.via]}
          {token}{' '}
          {actor.id && (
            <Link to="/audit" search={{ actor: actor.id }} className="text-accent underline">
              all of theirs
            </Link>
          )}
        </Fact>
        <Fact name="From">
          {actor.address || 'this machine'}
          {actor.userAgent && <span className="text-muted"> {actor.userAgent}</span>}
        </Fact>
        <Fact name="Of">
          {resource.type} {resource.name}{' '}
          {resource.id && (
            <Link to="/audit" search={{ resourceId: resource.id }} className="text-accent underline">
              all of it
            </Link>
          )}
        </Fact>
        {requestId && <Fact name="Request">{requestId}</Fact>}
        {traceId && (
          <Fact name="Trace">
            <code className="mr-2 text-xs">{traceId}</code>
            <Button size="small" onClick={() => void copy(traceId, 'the trace id')}>
              Copy the trace id
            </Button>
          </Fact>
        )}
      </dl>
      {entry.restorable && <RestoreButton entry={entry} />}
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
