import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX, Cpu, PauseCircle } from 'lucide-react'
import { runnersQuery } from '../../api/queries.ts'
import type { RunnerView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Empty } from '../../ui/layout/empty.tsx'
import { Page } from '../../ui/layout/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Spinner } from '../../ui/layout/spinner.tsx'

const states = {
  serving: { word: 'Serving', Icon: CircleCheck, look: 'text-ink' },
  starting: { word: 'Not asked yet', Icon: PauseCircle, look: 'text-muted' },
  draining: { word: 'Draining', Icon: PauseCircle, look: 'text-muted' },
  'set-aside': { word: 'Set aside', Icon: PauseCircle, look: 'text-broken' },
  unreachable: { word: 'Unreachable', Icon: CircleX, look: 'text-broken' },
  silent: { word: 'Silent', Icon: CircleX, look: 'text-broken' },
  failing: { word: 'Failing', Icon: CircleX, look: 'text-broken' },
  'wrong-token': { word: 'Wrong token', Icon: CircleX, look: 'text-broken' },
  'wrong-language': { word: 'Wrong language', Icon: CircleX, look: 'text-broken' },
  'wrong-certificate': { word: 'Wrong certificate', Icon: CircleX, look: 'text-broken' },
  'not-a-runner': { word: 'Not a runner', Icon: CircleX, look: 'text-broken' },
} as const

export function RunnersPage() {
  const runners = useQuery(runnersQuery)
  return (
    <Page title="Runners" lead="Programs that run the code of sources, each in a sandbox, apart from the backend.">
      <ProblemNotice error={runners.error} onRetry={() => void runners.refetch()} />
      {runners.isPending && <Spinner label="Asking the runners" />}
      {runners.data?.length === 0 && (
        <Empty icon={<Cpu aria-hidden className="size-8" />}>
          No runner is known. Start Indag with <code>npm start</code>, or name your runners in INDAG_RUNNERS.
        </Empty>
      )}
      <ul className="grid gap-3 md:grid-cols-2">
        {runners.data?.map((runner) => (
          <li
            key={runner.endpoint}
            data-runner={runner.endpoint}
            className="rounded-lg border border-line bg-surface p-4"
          >
            <Runner runner={runner} />
          </li>
        ))}
      </ul>
    </Page>
  )
}

function Runner({ runner }: { runner: RunnerView }) {
  const { word, Icon, look } = states[runner.state] ?? states.unreachable
  return (
    <div className="space-y-2 text-sm">
      <div className="flex items-center gap-2">
        <h2 className="flex-1 font-semibold capitalize">
          {runner.language} <span className="font-normal text-muted">{runner.languageVersion}</span>
        </h2>
        <span className={`inline-flex items-center gap-1.5 font-medium ${look}`}>
          <Icon aria-hidden className="size-4" /> {word}
        </span>
      </div>
      <p className="font-mono text-xs text-muted">{runner.endpoint}</p>
      {runner.detail && <p className="text-muted">{runner.detail}</p>}
      <div className="flex flex-wrap gap-1">
        {runner.sandboxLevel && (
          <Badge tone={runner.sandboxLevel === 'none' ? 'broken' : 'neutral'}>sandbox: {runner.sandboxLevel}</Badge>
        )}
        {runner.sandboxLayers?.map((layer) => (
          <Badge key={layer}>{layer}</Badge>
        ))}
      </div>
      <p className="text-xs text-muted">
        {[
          typeof runner.latencyMs === 'number' ? `answers in ${Math.round(runner.latencyMs)} ms` : '',
          loadText(runner.load),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  )
}

const WORDS: Record<string, string> = {
  inFlight: 'calls in flight',
  queuedCalls: 'waiting',
  children: 'sandboxes',
  kills: 'killed',
}

function loadText(load: unknown): string {
  if (typeof load !== 'object' || load === null) return ''
  const figures = load as Record<string, number>
  const parts = Object.entries(WORDS).flatMap(([name, word]) => (name in figures ? [`${figures[name]} ${word}`] : []))
  const { memoryBytes } = figures
  if (typeof memoryBytes === 'number') parts.push(`${Math.round(memoryBytes / 2 ** 20)} MiB`)
  return parts.join(', ')
}
