import clsx from 'clsx'
import { House, Send } from 'lucide-react'
import type { Preview, PreviewSource } from '../../../../api/types.ts'
import type { InvestigateSearch } from '../../../../search.ts'
import { NO_SOURCES } from '../use-plan.ts'
import type { Plan } from '../use-plan.ts'

/** One sentence before Run: how many calls, and whether anything leaves. */
export function ExposureSummary({ plan, search }: { plan: Plan; search: InvestigateSearch }) {
  if (search.sources === NO_SOURCES) return <Line>Choose at least one source.</Line>
  if (plan.chosen.length === 0) return <Line>Nothing is sent before you press Run.</Line>
  if (!plan.preview) return <Line>Working out what would be sent where…</Line>
  const leaving = plan.preview.sources.filter((entry) => entry.exposure !== 'local' && entry.willAsk > 0)
  const sent = leaving.reduce((sum, entry) => sum + entry.willAsk, 0)
  const Icon = sent === 0 ? House : Send
  return (
    <div
      role="status"
      aria-label="Exposure preview"
      aria-busy={plan.previewIsOld}
      className="flex gap-2 text-sm aria-busy:opacity-50"
    >
      <Icon aria-hidden className={clsx('mt-0.5 size-4 shrink-0', sent === 0 ? 'text-muted' : 'text-accent')} />
      <p>
        <strong className="font-semibold">
          {sent === 0 ? 'Nothing leaves this machine' : `${count(sent, 'query leaves', 'queries leave')} this machine`}
        </strong>
        {sent > 0 && `, to ${namesOf(leaving)}`}.{' '}
        <span className="text-muted">
          {count(plan.preview.calls, 'call')} to {count(asked(plan.preview), 'source')} in all.
        </span>
      </p>
    </div>
  )
}

const SHOWN = 6

function namesOf(entries: readonly PreviewSource[]): string {
  const names = entries.slice(0, SHOWN).map((entry) => entry.source.name)
  const more = entries.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function Line({ children }: { children: string }) {
  return <p className="text-sm text-muted">{children}</p>
}

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`
const asked = (preview: Preview) => preview.sources.filter((entry) => entry.willAsk > 0).length
