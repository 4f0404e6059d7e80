import { Link } from '@tanstack/react-router'
import clsx from 'clsx'
import type { PreviewSource, SourceView } from '../../../../api/types.ts'
import { FixLink } from '../../../../ui/fix-link.tsx'
import { fixFor } from '../../fix-for.ts'
import { ExposureMark } from '../../marking.tsx'

type Props = {
  source: SourceView
  nested: boolean
  on: boolean
  relevant: boolean
  preview: PreviewSource | undefined
  onToggle: (on: boolean) => void
}

export function SourceLine({ source, nested, on, relevant, preview, onToggle }: Props) {
  const usable = source.enabled && source.ready
  return (
    <div className={clsx('px-4 py-1 hover:bg-hover', nested && 'pl-8')} data-source={source.slug}>
      <div className="flex min-h-6 items-center gap-2.5">
        <label className="flex min-w-0 flex-1 items-center gap-2.5">
          <input type="checkbox" checked={on} onChange={(event) => onToggle(event.target.checked)} />
          <span className={clsx('truncate text-sm', (!on || !relevant || !usable) && 'text-muted')}>{source.name}</span>
        </label>
        <Sends on={on} relevant={relevant} preview={preview} exposure={source.exposure} />
        <span className="flex w-17">
          <ExposureMark exposure={source.exposure} />
        </span>
      </div>
      {on && <Note source={source} relevant={relevant} preview={preview} />}
    </div>
  )
}

function Sends(props: Pick<Props, 'on' | 'relevant' | 'preview'> & { exposure: string }) {
  const { on, relevant, preview, exposure } = props
  const look = 'text-xs whitespace-nowrap'
  if (!on) return <span className={clsx(look, 'text-muted')}>not asked</span>
  if (!relevant) return <span className={clsx(look, 'text-muted')}>other kinds</span>
  if (!preview) return null
  const cached = preview.fromCache > 0 ? `${preview.fromCache} cached` : ''
  if (preview.willAsk === 0) return <span className={clsx(look, 'text-muted')}>{cached || 'nothing sent'}</span>
  const verb = exposure === 'local' ? 'reads' : 'sends'
  return (
    <span className={clsx(look, exposure === 'local' ? 'text-muted' : 'font-medium text-accent')}>
      {verb} {preview.willAsk}
      {cached && `, ${cached}`}
    </span>
  )
}

/** Why a chosen source would not answer for some of the indicators, and the way to change that. */
function Note({ source, relevant, preview }: Pick<Props, 'source' | 'relevant' | 'preview'>) {
  if (preview && preview.skipped.length > 0) {
    return (
      <ul className="pb-0.5 pl-5.5 text-xs text-muted">
        {preview.skipped.map((skip) => {
          const fix = fixFor(skip, source.slug)
          return (
            <li key={`${skip.code} ${skip.detail}`}>
              {skip.count} skipped: {skip.detail} {fix && <FixLink fix={fix} />}
            </li>
          )
        })}
      </ul>
    )
  }
  if (preview && preview.hosts.length > 0 && preview.willAsk > 0) {
    return <p className="truncate pb-0.5 pl-5.5 text-xs text-muted">to {preview.hosts.join(', ')}</p>
  }
  if (relevant && source.notReady) {
    return (
      <p className="pb-0.5 pl-5.5 text-xs text-muted">
        {source.notReady.detail}{' '}
        <Link to="/sources/$slug" params={{ slug: source.slug }} className="font-medium text-accent hover:underline">
          Set up
        </Link>
      </p>
    )
  }
  return null
}
