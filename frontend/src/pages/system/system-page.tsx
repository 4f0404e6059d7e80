import { useQuery } from '@tanstack/react-query'
import { systemHealthQuery } from '../../api/queries.ts'
import type { SystemHealth } from '../../api/types.ts'
import { Page } from '../../ui/layout/page.tsx'
import { Section } from '../../ui/layout/section.tsx'
import { Spinner } from '../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Time } from '../../ui/time.tsx'
import { Facts } from './facts.tsx'
import { PartState, StateWord } from './part-state.tsx'

export function SystemPage() {
  const health = useQuery(systemHealthQuery)
  return (
    <Page title="System" lead="How each part of Indag does, asked anew every ten seconds.">
      <ProblemNotice error={health.error} onRetry={() => void health.refetch()} />
      {health.isPending && <Spinner label="Asking every part" />}
      {health.data && <Parts health={health.data} />}
    </Page>
  )
}

function Parts({ health }: { health: SystemHealth }) {
  const { backend, database, redis, runners, requests, telemetry } = health
  return (
    <div className="space-y-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm" data-system-state={health.state}>
        <StateWord state={health.state} />
        <span className="text-muted">
          Indag {health.version}, asked <Time at={health.checkedAt} />
        </span>
      </p>
      <div className="grid gap-4 md:grid-cols-2">
        <Section id="backend" title="Backend">
          <PartState part={backend} />
          <ul className="mt-3 space-y-1 text-sm">
            {backend.processes.map(({ id, alive, own, startedAt, heartbeatAt }) => (
              <li key={id} className="flex flex-wrap items-center gap-x-3">
                <StateWord state={alive ? 'ok' : 'down'} word={alive ? 'Beats' : 'Silent'} />
                <code className="text-xs text-muted">{id.slice(-12)}</code>
                <span className="text-xs text-muted">
                  {own ? 'answers you, ' : ''}since <Time at={startedAt} />
                  {!alive && (
                    <>
                      , last heard <Time at={heartbeatAt} />
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Section>
        <Section id="database" title="PostgreSQL">
          <PartState part={database} />
          <Facts
            facts={{
              Version: database.version,
              'Answers in': database.latencyMs === null ? null : `${database.latencyMs} ms`,
              Migration: database.migration,
              Connections:
                Object.entries(database.connections)
                  .map(([state, count]) => `${count} ${state}`)
                  .join(', ') || null,
            }}
          />
        </Section>
        <Section id="redis" title="Redis">
          <PartState part={redis} />
        </Section>
        <Section id="runners" title="Runners">
          <PartState part={runners} />
          <ul className="mt-3 space-y-1 text-sm">
            {runners.languages.map((one) => (
              <li key={one.language} className="flex flex-wrap items-center gap-x-3">
                <StateWord state={one.state} />
                <span className="capitalize">{one.language}</span>
                <span className="text-xs text-muted">
                  {one.serving} of {one.configured} serve, {one.waiting} calls wait
                </span>
              </li>
            ))}
          </ul>
        </Section>
        <Section id="requests" title="Requests">
          <PartState part={requests} />
          <Facts
            facts={{ Running: String(requests.running), 'Rows that wait for a limit': String(requests.waiting) }}
          />
        </Section>
        <Section id="telemetry" title="Telemetry">
          <PartState part={telemetry} />
          <Facts facts={telemetryFacts(telemetry)} />
        </Section>
      </div>
    </div>
  )
}

function telemetryFacts({ traces, errors, metrics }: SystemHealth['telemetry']): Record<string, string> {
  return {
    Traces: { none: 'not sent', sending: 'sent to the collector', failing: 'cannot be sent' }[traces],
    Errors: { none: 'not sent', on: 'sent to Sentry' }[errors],
    Metrics: { 'signed-in': 'with a token at /metrics', address: 'at INDAG_METRICS_ADDRESS too' }[metrics],
  }
}
