import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Check, Keyboard, KeyRound, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { api } from '../api/client.ts'
import { meQuery } from '../api/queries.ts'
import { Menu, MenuItem, MenuLabel } from '../ui/overlay/menu.tsx'
import { setTheme, THEMES, useTheme } from './theme.ts'

const themeIcons = { system: Monitor, light: Sun, dark: Moon }
const icon = 'size-4 text-faint'

export function useSignOut() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  return async () => {
    await api.signOut()
    queries.clear()
    await navigate({ to: '/sign-in' })
  }
}

export function ProfileMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { data: me } = useQuery(meQuery)
  const navigate = useNavigate()
  const theme = useTheme()
  const signOut = useSignOut()
  const name = me?.user.name ?? ''
  const initials = name
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase()
  return (
    <Menu
      label="Profile"
      triggerClass="ml-1 flex size-8 items-center justify-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
      trigger={initials || '·'}
    >
      <MenuLabel>
        <span className="block font-medium text-ink">{name}</span>
        {me?.user.email} · {me?.user.role}
        <span className="block">{me?.organization.name}</span>
      </MenuLabel>
      {THEMES.map((choice) => {
        const Icon = themeIcons[choice]
        return (
          <MenuItem key={choice} icon={<Icon aria-hidden className={icon} />} onSelect={() => setTheme(choice)}>
            <span className="flex-1 capitalize">{choice} theme</span>
            {theme === choice && <Check aria-label="chosen" className="size-4 text-accent" />}
          </MenuItem>
        )
      })}
      <div className="my-1 border-t border-line" />
      <MenuItem icon={<UserRound aria-hidden className={icon} />} onSelect={() => void navigate({ to: '/profile' })}>
        Profile and sessions
      </MenuItem>
      <MenuItem icon={<KeyRound aria-hidden className={icon} />} onSelect={() => void navigate({ to: '/tokens' })}>
        API tokens
      </MenuItem>
      <MenuItem icon={<Keyboard aria-hidden className={icon} />} onSelect={onShortcuts}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden className={icon} />} onSelect={() => void signOut()}>
        Sign out
      </MenuItem>
    </Menu>
  )
}
