import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import {
  Activity,
  Cpu,
  EyeOff,
  History,
  KeyRound,
  Library,
  LogOut,
  Moon,
  Plug,
  Search,
  Sun,
  UserRound,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { sourcesQuery } from '../api/queries.ts'
import { saveDraft } from '../pages/enrichment/investigate/draft.ts'
import { administrationPlaces } from './administration/places.ts'
import { useSignOut } from './profile-menu.tsx'
import { setTheme } from './theme.ts'
import { useMay } from './use-may.ts'

export type PaletteItem = { key: string; label: string; group: string; icon: ReactNode; run: () => void }

const size = { 'aria-hidden': true, className: 'size-4' } as const

/** What the palette offers for a typed text, best first; at most 30. */
export function usePaletteItems(text: string): PaletteItem[] {
  const navigate = useNavigate()
  const signOut = useSignOut()
  const may = useMay()
  const sources = useQuery(sourcesQuery)
  const page = (to: string, label: string, icon: ReactNode): PaletteItem => ({
    key: to,
    label,
    group: 'Page',
    icon,
    run: () => void navigate({ to }),
  })
  const all: PaletteItem[] = [
    page('/', 'Investigate', <Search {...size} />),
    page('/history', 'History', <History {...size} />),
    page('/sources', 'Sources', <Library {...size} />),
    page('/ignore-lists', 'Ignore lists', <EyeOff {...size} />),
    page('/runners', 'Runners', <Cpu {...size} />),
    page('/tokens', 'API tokens', <KeyRound {...size} />),
    page('/system', 'System', <Activity {...size} />),
    page('/profile', 'Profile and sessions', <UserRound {...size} />),
    ...administrationPlaces
      .filter(({ permission }) => permission === null || may(permission))
      .map(({ to, label, Icon }) => page(to, label, <Icon {...size} />)),
    ...(sources.data ?? []).map((source) => ({
      key: source.slug,
      label: source.name,
      group: 'Source',
      icon: <Plug {...size} />,
      run: () => void navigate({ to: '/sources/$slug', params: { slug: source.slug } }),
    })),
    { key: 'dark', label: 'Dark theme', group: 'Command', icon: <Moon {...size} />, run: () => setTheme('dark') },
    { key: 'light', label: 'Light theme', group: 'Command', icon: <Sun {...size} />, run: () => setTheme('light') },
    { key: 'out', label: 'Sign out', group: 'Command', icon: <LogOut {...size} />, run: () => void signOut() },
  ]
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return all.slice(0, 30)
  const matching = all.filter((item) => item.label.toLowerCase().includes(wanted)).slice(0, 30)
  const investigate: PaletteItem = {
    key: 'investigate',
    label: `Investigate ${text.trim()}`,
    group: 'Indicator',
    icon: <Search {...size} />,
    run: () => {
      saveDraft(text.trim())
      void navigate({ to: '/', search: {} })
    },
  }
  return [...matching, investigate]
}
