import { ShieldCheck } from 'lucide-react'
import type { GrantRole, Role } from '../../../api/types.ts'
import { OrganizationLink } from '../organizations/organization-name.tsx'

/** A role and where it holds. */
export type Holding = { role: Role | GrantRole; organizationId: string; why: string; permissions: readonly string[] }

/** The roles that somebody has, each with its place, its reason and what it brings. */
export function HoldingList({ holdings }: { holdings: readonly Holding[] }) {
  return (
    <ul className="-m-4 divide-y divide-line">
      {holdings.map((holding) => (
        <li key={`${holding.role} ${holding.organizationId} ${holding.why}`} className="flex gap-3 px-4 py-3 text-sm">
          <ShieldCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
          <div className="min-w-0 space-y-1">
            <p>
              <span className="font-medium">{holding.role}</span> in <OrganizationLink id={holding.organizationId} />{' '}
              and all below <span className="text-muted">({holding.why})</span>
            </p>
            <p className="text-xs text-muted">{holding.permissions.join(', ')}</p>
          </div>
        </li>
      ))}
    </ul>
  )
}
