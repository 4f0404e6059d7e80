import type { LogLine } from '../../../../api/types.ts'

export function LogList({ logs }: { logs: readonly LogLine[] }) {
  if (logs.length === 0) return <p className="text-sm text-muted">The source's code logged nothing.</p>
  return (
    <ol className="space-y-0.5 font-mono text-xs">
      {logs.map((line, index) => (
        <li key={index} className="flex gap-3">
          <span className="w-12 shrink-0 text-muted">{line.level}</span>
          <span className="min-w-0 break-words whitespace-pre-wrap">{line.message}</span>
        </li>
      ))}
    </ol>
  )
}
