import type { Limit, SourceDetail } from '../../../api/types.ts'
import { Section } from '../../../ui/layout/section.tsx'
import { duration, span, Time } from '../../../ui/time.tsx'

export function LimitsSection({ source }: { source: SourceDetail }) {
  return (
    <Section id="limits" title="Limits">
      <div className="space-y-3 text-sm">
        {source.blocked && (
          <p className="rounded-md bg-broken-soft px-3 py-2">
            Not asked until <Time at={source.blocked.until} />: {source.blocked.why}
          </p>
        )}
        {source.limits.length === 0 && <p className="text-muted">No limit on calls.</p>}
        {source.limits.map((limit) => (
          <Meter key={limit.per} limit={limit} />
        ))}
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-muted">
          <dt>One call may take</dt>
          <dd className="text-ink">{duration(source.timeoutMs)}</dd>
          <dt>An answer is good for</dt>
          <dd className="text-ink">
            {source.cacheTtlSeconds > 0 ? span(source.cacheTtlSeconds) : 'no time, never cached'}
          </dd>
          <dt>Last asked</dt>
          <dd className="text-ink">
            {source.lastCall ? (
              <>
                <Time at={source.lastCall.at} />, {source.lastCall.state}, {duration(source.lastCall.durationMs)}
              </>
            ) : (
              'not yet'
            )}
          </dd>
        </dl>
      </div>
    </Section>
  )
}

function Meter({ limit }: { limit: Limit }) {
  const share = Math.min(100, (100 * limit.used) / limit.calls)
  return (
    <div>
      <div className="flex justify-between">
        <span>
          {limit.used.toLocaleString('en')} of {limit.calls.toLocaleString('en')} per {limit.per}
        </span>
        {limit.resetsAt && limit.used > 0 && (
          <span className="text-xs text-muted">
            resets <Time at={limit.resetsAt} />
          </span>
        )}
      </div>
      <div aria-hidden className="mt-1 h-1 overflow-hidden rounded-full bg-sunken">
        <div className={share >= 100 ? 'h-full bg-broken' : 'h-full bg-accent-fill'} style={{ width: `${share}%` }} />
      </div>
    </div>
  )
}
