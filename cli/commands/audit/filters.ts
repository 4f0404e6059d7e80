import { type Options, text, type Values } from '../../command.ts'
import { durationMs } from '../../words/duration.ts'

/** What an entry of the audit log is, as far as it is shown. */
export type AuditEntry = {
  id: string
  at: string
  action: string
  outcome: 'done' | 'denied'
  actor: { name: string; via: string; credentialName: string | null; address: string }
  resource: { type: string; name: string }
  reason: string | null
  count: number
}

export const filterOptions: Options = {
  actor: { type: 'string' },
  action: { type: 'string' },
  outcome: { type: 'string' },
  'resource-type': { type: 'string' },
  'resource-id': { type: 'string' },
  organization: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
}

export const filterHelp = `  --action a.b            one action, or all that begin so: "group."
  --outcome denied        or: done
  --actor ID              a user or a service account
  --resource-type T       such as group, source, user; --resource-id ID
  --organization ID
  --since 7d              a length of time, or an RFC 3339 time; --until likewise`

/** The query string of the filters, with `more` in it. */
export function filterQuery(values: Values, more: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams()
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined) query.set(name, value)
  }
  for (const name of ['actor', 'action', 'outcome']) set(name, text(values, name))
  set('resourceType', text(values, 'resource-type'))
  set('resourceId', text(values, 'resource-id'))
  set('organizationId', text(values, 'organization'))
  for (const name of ['since', 'until']) set(name, momentOf(text(values, name), `--${name}`))
  for (const [name, value] of Object.entries(more)) set(name, value)
  return query.size === 0 ? '' : `?${query}`
}

function momentOf(given: string | undefined, option: string): string | undefined {
  if (given === undefined || /^\d{4}-/.test(given)) return given
  return new Date(Date.now() - durationMs(given, option)).toISOString()
}
