import { Link, Outlet, useLocation } from '@tanstack/react-router'
import clsx from 'clsx'
import { History, KeyRound, Command, Cpu, Library, Search, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { administrationPlaces, placeOf } from './administration/places.ts'
import { Footer } from './footer.tsx'
import { focusSearch, useShortcuts } from './keyboard.ts'
import { Bell } from './notifications/bell.tsx'
import { Palette } from './palette.tsx'
import { ProfileMenu } from './profile-menu.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { useMay } from './use-may.ts'

const places = [
  { to: '/', label: 'Investigate', Icon: Search },
  { to: '/history', label: 'History', Icon: History },
  { to: '/sources', label: 'Sources', Icon: Library },
  { to: '/runners', label: 'Runners', Icon: Cpu },
  { to: '/tokens', label: 'Tokens', Icon: KeyRound },
] as const

const look =
  'flex h-8 items-center gap-1.5 rounded-md px-2.5 text-sm font-medium text-muted hover:bg-hover hover:text-ink'
const lookHere = 'bg-accent-soft text-accent! hover:bg-accent-soft'

/** The frame of every signed-in page: where you are, who you are, and the keys that work everywhere. */
export function Shell() {
  const [open, setOpen] = useState<'palette' | 'shortcuts' | null>(null)
  useShortcuts({
    'ctrl+k': () => setOpen((now) => (now === 'palette' ? null : 'palette')),
    '?': () => setOpen('shortcuts'),
    '/': () => focusSearch(),
    Escape: () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
  })
  return (
    <div className="flex h-full flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-surface px-3 sm:px-4">
        <Link
          to="/"
          className="mr-2 flex items-center gap-2 font-semibold tracking-tight"
          aria-label="Indag, start page"
        >
          <img src="/mark.svg" alt="" className="size-6" />
          <span className="hidden md:inline">Indag</span>
        </Link>
        <nav aria-label="Main" className="flex min-w-0 flex-1 items-center gap-0.5">
          {places.map(({ to, label, Icon }) => (
            <Link
              key={to}
              to={to}
              aria-label={label}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className={look}
              activeProps={{ className: lookHere }}
            >
              <Icon aria-hidden className="size-4" />
              <span className="hidden md:inline">{label}</span>
            </Link>
          ))}
          <AdministrationLink />
        </nav>
        <button
          type="button"
          className="hidden h-8 items-center gap-2 rounded-md border border-line px-2 text-xs text-muted hover:bg-hover sm:flex"
          onClick={() => setOpen('palette')}
        >
          <Command aria-hidden className="size-3.5" /> Go to
          <kbd className="rounded border border-line bg-sunken px-1">Ctrl K</kbd>
        </button>
        <Bell />
        <ProfileMenu onShortcuts={() => setOpen('shortcuts')} />
      </header>
      <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
        <Outlet />
      </main>
      <Footer />
      <Palette open={open === 'palette'} onClose={() => setOpen(null)} />
      <ShortcutsDialog open={open === 'shortcuts'} onClose={() => setOpen(null)} />
    </div>
  )
}

/** Leads to the first page of the administration that the caller may open. */
function AdministrationLink() {
  const may = useMay()
  const { pathname } = useLocation()
  const first = administrationPlaces.find(({ permission }) => permission === null || may(permission))
  if (!first) return null
  const here = placeOf(pathname) !== undefined
  return (
    <Link to={first.to} aria-label="Administration" className={clsx(look, here && lookHere)}>
      <ShieldCheck aria-hidden className="size-4" />
      <span className="hidden md:inline">Administration</span>
    </Link>
  )
}
