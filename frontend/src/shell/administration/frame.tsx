import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useMay } from '../use-may.ts'
import { NeedsPermission } from './needs-permission.tsx'
import { administrationPlaces, placeOf } from './places.ts'

/** The pages about who is who: a list of those that the caller may open beside the one that is open. */
export function AdministrationFrame() {
  const may = useMay()
  const { pathname } = useLocation()
  const here = placeOf(pathname)
  const refused = here && here.permission !== null && !may(here.permission)
  return (
    <div className="flex h-full flex-col md:flex-row">
      <nav
        aria-label="Administration"
        className="flex shrink-0 gap-0.5 overflow-x-auto border-line bg-surface p-2 max-md:border-b md:w-48 md:flex-col md:border-r md:p-3"
      >
        {administrationPlaces
          .filter(({ permission }) => permission === null || may(permission))
          .map(({ to, label, Icon }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ includeSearch: false }}
              className="flex h-8 shrink-0 items-center gap-2 rounded-md px-2.5 text-sm text-muted hover:bg-hover hover:text-ink"
              activeProps={{ className: 'bg-accent-soft font-medium text-accent! hover:bg-accent-soft' }}
            >
              <Icon aria-hidden className="size-4" /> {label}
            </Link>
          ))}
      </nav>
      <div className="min-h-0 min-w-0 flex-1">
        {refused ? <NeedsPermission what={`The page ${here.label}`} permission={here.permission} /> : <Outlet />}
      </div>
    </div>
  )
}
