import { House, Send } from 'lucide-react'
import type { Preview } from '../../../api/types.ts'
import type { InvestigateSearch } from '../../../search.ts'
import { NO_SOURCES } from './use-plan.ts'
import type { Plan } from './use-plan.ts'

/** One sentence before Run: how many calls, and whether anything leaves. */
export function ExposureSummary({ plan, search }: { plan: Plan; search: InvestigateSearch }) {
  if (search.sources === NO_SOURCES) return <Line>Choose at least one source.</Line>
  if (plan.chosen.length === 0) return <Line>Nothing is sent before you press Run.</Line>
  if (!plan.preview) return <Line>Working out what would be sent where…</Line>
  const { calls, sent, hosts } = summarise(plan.preview)
  return (
    <div role="status" aria-label="Exposure preview" className="flex gap-2 text-sm">
      {sent === 0 ? (
        <House aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      ) : (
        <Send aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" />
      )}
      <p>
        {sent === 0 ? (
          <strong className="font-semibold">Nothing leaves this machine.</strong>
        ) : (
          <>
            <strong className="font-semibold">
              {count(sent, 'query', 'queries')} to {hosts.size > 0 ? count(hosts.size, 'host') : 'the network'}
            </strong>
            {hosts.size > 0 && (
              <span className="text-muted">
                {' '}
                ({[...hosts].slice(0, 4).join(', ')}
                {hosts.size > 4 && ' …'})
              </span>
            )}
            .
          </>
        )}{' '}
        <span className="text-muted">
          {count(calls, 'call')} to {count(asked(plan.preview), 'source')} in all.
        </span>
      </p>
    </div>
  )
}

function Line({ children }: { children: string }) {
  return <p className="text-sm text-muted">{children}</p>
}

const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`
const asked = (preview: Preview) => preview.sources.filter((entry) => entry.willAsk > 0).length

function summarise(preview: Preview) {
  const leaving = preview.sources.filter((entry) => entry.exposure !== 'local' && entry.willAsk > 0)
  return {
    calls: preview.calls,
    sent: leaving.reduce((sum, entry) => sum + entry.willAsk, 0),
    hosts: new Set(leaving.flatMap((entry) => entry.hosts)),
  }
}
