import type { OutgoingCall } from '../../../../api/types.ts'
import { defang } from '../../../../indicator/defang.ts'
import { duration } from '../../../../ui/time.tsx'

/** Every call that the source's code made, as the runner saw it. */
export function CallList({ calls, cached }: { calls: readonly OutgoingCall[]; cached: boolean }) {
  if (calls.length === 0) {
    return (
      <p className="text-sm text-muted">
        {cached ? 'From the cache: nothing was sent for this request.' : 'No call left the machine.'}
      </p>
    )
  }
  return (
    <ul className="space-y-1 font-mono text-xs">
      {calls.map((call, index) => (
        <li key={index} className="flex flex-wrap gap-x-3">
          <span className={call.error ? 'text-broken' : ''}>{call.error || call.status}</span>
          <span>
            {call.protocol} {call.method}
          </span>
          <span className="min-w-0 flex-1 break-all">{defang(call.target)}</span>
          <span className="text-muted">
            {call.responseBytes.toLocaleString('en')} B, {duration(call.durationMs)}
          </span>
        </li>
      ))}
    </ul>
  )
}
