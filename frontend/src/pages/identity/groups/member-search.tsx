import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { identityKey } from '../../../api/identity-queries.ts'
import type { Group, UserRecord } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Button } from '../../../ui/button.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { useChange } from '../use-change.ts'

const SHOWN = 8

/** Finds somebody by a part of the name, and makes them a member. */
export function MemberSearch({ group, known }: { group: Group; known: ReadonlySet<string> }) {
  const [text, setText] = useState('')
  const may = useMay()
  const withAccounts = may('service-accounts:read')
  const found = useQuery({
    queryKey: [...identityKey, 'member-search', text, withAccounts],
    queryFn: () => search(text, withAccounts),
    enabled: text !== '',
  })
  const add = useChange({
    run: (user: UserRecord) => api.addGroupMember(group.id, user.id),
    said: (_done, user) => `${user.name} is a member of ${group.name}`,
    onDone: () => setText(''),
  })
  const offered = text === '' ? [] : (found.data ?? []).filter(({ id }) => !known.has(id)).slice(0, SHOWN)
  return (
    <div className="space-y-2">
      <SearchBox label="Add somebody: name or e-mail" value={text} onSearch={setText} />
      <ProblemNotice error={found.error ?? add.error} />
      {text !== '' && found.data && offered.length === 0 && (
        <p className="text-sm text-muted">Nobody else has that in the name.</p>
      )}
      <ul aria-label="Found" className="space-y-1 empty:hidden">
        {offered.map((user) => (
          <li key={user.id} className="flex items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 truncate">
              {user.name} <span className="text-muted">{user.email ?? 'service account'}</span>
            </span>
            <Button
              size="small"
              aria-label={`Add ${user.name}`}
              disabled={add.isPending}
              onClick={() => add.mutate(user)}
            >
              <Plus aria-hidden className="size-3.5" /> Add
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}

async function search(q: string, withAccounts: boolean): Promise<UserRecord[]> {
  const page = { q, limit: 50 }
  const [people, accounts] = await Promise.all([
    api.users(page),
    withAccounts ? api.serviceAccounts(page) : { items: [] },
  ])
  return [...people.items, ...accounts.items]
}
