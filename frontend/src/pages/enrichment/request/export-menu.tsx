import { Download } from 'lucide-react'
import type { IndicatorView, RequestView } from '../../../api/types.ts'
import { buttonClass } from '../../../ui/button.tsx'
import { Menu, MenuItem, MenuLabel } from '../../../ui/overlay/menu.tsx'
import { say } from '../../../ui/overlay/toast.tsx'
import { download } from './list/download.ts'
import { toCsv, toDefanged } from './list/export-indicators.ts'

/** What is shown, as a file: the current filter is respected, and a running request exports what there is. */
export function ExportMenu({ view, shown }: { view: RequestView; shown: readonly IndicatorView[] }) {
  const save = (kind: string, type: string, extension: string, text: string) => {
    download(`indag-${view.id}.${extension}`, type, text)
    say(`Exported ${shown.length} of ${view.indicators.length} indicators`, kind)
  }
  return (
    <Menu
      label="Export"
      triggerClass={buttonClass('plain', 'small')}
      trigger={
        <>
          <Download aria-hidden className="size-3.5" /> Export
        </>
      }
    >
      <MenuLabel>
        {shown.length} of {view.indicators.length} indicators, as filtered
      </MenuLabel>
      <MenuItem onSelect={() => save('CSV', 'text/csv', 'csv', toCsv(shown))}>CSV</MenuItem>
      <MenuItem
        onSelect={() =>
          save('JSON', 'application/json', 'json', JSON.stringify({ ...view, indicators: shown }, null, 2))
        }
      >
        JSON
      </MenuItem>
      <MenuItem onSelect={() => save('Defanged text', 'text/plain', 'txt', toDefanged(shown))}>Defanged text</MenuItem>
    </Menu>
  )
}
