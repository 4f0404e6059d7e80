import { Copy } from 'lucide-react'
import type { Indicator, RequestBody } from '../../../api/types.ts'
import { defang } from '../../../indicator/defang.ts'
import { buttonClass } from '../../../ui/button.tsx'
import { copy } from '../../../ui/clipboard.ts'
import { Menu, MenuItem } from '../../../ui/overlay/menu.tsx'
import { snippet } from '../../../snippet/snippet.ts'
import { requestCall } from '../api-calls.ts'

type Props = { indicators: readonly (Indicator & { defanged?: string })[]; body: RequestBody; compact?: boolean }

/** The copy set: raw, defanged, as curl. The toast names what was copied. */
export function CopyMenu({ indicators, body, compact = false }: Props) {
  const what = indicators.length === 1 ? 'one indicator' : `${indicators.length} indicators`
  const raw = indicators.map(({ value }) => value).join('\n')
  const safe = indicators.map((indicator) => indicator.defanged ?? defang(indicator.value)).join('\n')
  const curl = () =>
    snippet(
      'curl',
      requestCall({ ...body, indicators: indicators.map(({ kind, value }) => ({ kind, value })) }),
      window.location.origin,
    )
  return (
    <Menu
      label={`Copy ${what}`}
      triggerClass={compact ? buttonClass('ghost', 'icon') : buttonClass('plain', 'small')}
      trigger={
        <>
          <Copy aria-hidden className="size-3.5" /> {!compact && 'Copy'}
        </>
      }
    >
      <MenuItem onSelect={() => void copy(raw, `${what}, raw`)}>Raw</MenuItem>
      <MenuItem onSelect={() => void copy(safe, `${what}, defanged`)}>Defanged</MenuItem>
      <MenuItem onSelect={() => void copy(curl(), `${what}, as curl`)}>As curl</MenuItem>
    </Menu>
  )
}
