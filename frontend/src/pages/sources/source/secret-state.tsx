import type { SecretView } from '../../../api/types.ts'
import { Time } from '../../../ui/time.tsx'
import { useOrganizationName } from '../organization-choice.tsx'

const PROBLEMS = {
  broken: 'The saved key cannot be opened. Enter it again.',
  'key-missing': 'The server does not have the sealing key of the saved key. Put it back, or enter the key again.',
  moved: 'The saved key was entered for another host, so it is not sent. Enter it again for the present one.',
  expired: 'The saved key has expired, so it is not sent. Enter another one.',
}

/** Whose secret is in use, since when and until when, and what is wrong with it. */
export function SecretState({ secret }: { secret: SecretView }) {
  const owner = useOrganizationName(secret.organizationId)
  if (!secret.set) return <p className="text-xs text-muted">Not set.</p>
  return (
    <div className="text-xs">
      {secret.problem && <p className="text-broken">{PROBLEMS[secret.problem]}</p>}
      <p className="text-muted">
        {secret.inherited ? <>From {owner ?? 'an organization'} above, saved </> : 'Saved '}
        {secret.updatedAt && <Time at={secret.updatedAt} />}
        {secret.lastUsedAt ? (
          <>
            , last used <Time at={secret.lastUsedAt} />
          </>
        ) : (
          ', not used yet'
        )}
        {secret.expiresAt && (
          <>
            , {secret.problem === 'expired' ? 'expired' : 'expires'} on {secret.expiresAt.slice(0, 10)} (
            <Time at={secret.expiresAt} />)
          </>
        )}
        .{secret.inherited && ' A key that you enter here is for this organization and those below it.'}
      </p>
    </div>
  )
}
