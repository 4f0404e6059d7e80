import type { ReactNode } from 'react'
import type { Row } from '../../../../api/types.ts'
import { duration, span, Time } from '../../../../ui/time.tsx'
import { ExposureMark } from '../../marking.tsx'

/** How the answer came: code version, runner, times, cache. */
export function RunFacts({ row }: { row: Row }) {
  const facts: [string, ReactNode][] = [
    ['Code version', row.codeVersion],
    ['Runner', row.runner ?? 'none was needed'],
    ['Started', row.startedAt ? <Time key="started" at={row.startedAt} /> : 'not started'],
    ['Took', row.durationMs === null ? 'not known' : duration(row.durationMs)],
    [
      'Cache',
      row.cached
        ? `${span(row.cached.ageSeconds)} old, good until ${new Date(row.cached.expiresAt).toLocaleString()}`
        : 'not from the cache',
    ],
    ['Exposure', <ExposureMark key="exposure" exposure={row.source.exposure} />],
    ['Reliability', `${row.source.reliability} (admiralty code)`],
  ]
  return (
    <dl className="grid grid-cols-[9rem_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
