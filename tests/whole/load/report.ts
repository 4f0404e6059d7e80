import { quantile } from '../../bench/support/statistics.ts'
import type { Answer } from './client.ts'
import type { Followed } from './follow-stream.ts'
import type { Call, LoadPlan, LoadReport } from './plan.ts'

export type OpenReport = {
  due(): void
  shed(): void
  /** @returns the id of the request that the call made, or null. */
  note(call: Call, answer: Answer, latencyMs: number): string | null
  streamStarts(): void
  streamEnds(followed: Followed): void
  finish(): LoadReport
}

const shown = 10
/** What may come besides the expected: a limit, and a call that died with its backend. */
const explained = [429, 503]

/** Adds up what the generator sees. */
export function openReport({ perSecond }: LoadPlan): OpenReport {
  const latencies: number[] = []
  const report: LoadReport = {
    offeredPerSecond: perSecond,
    due: 0,
    shed: 0,
    achievedPerSecond: 0,
    latencyMs: { p50: 0, p90: 0, p99: 0, max: 0 },
    answers: {},
    badProblems: [],
    unexpected: [],
    accepted: [],
    streams: { started: 0, ended: 0, resumed: 0, mostAtOnce: 0, wrong: [] },
  }
  const startedMs = performance.now()
  let lastAnswerMs = startedMs
  const keep = (list: string[], text: string) => void (list.length < shown && list.push(text.slice(0, 300)))
  return {
    due: () => void (report.due += 1),
    shed: () => void (report.shed += 1),
    note(call, answer, latencyMs) {
      latencies.push(latencyMs)
      lastAnswerMs = performance.now()
      const what = `${call.name} ${answer.status}`
      report.answers[what] = (report.answers[what] ?? 0) + 1
      if (!call.expected.includes(answer.status) && !explained.includes(answer.status))
        keep(report.unexpected, `${what}: ${answer.text}`)
      if (answer.status >= 400 && !isProblem(answer)) keep(report.badProblems, `${what}: ${answer.type} ${answer.text}`)
      if (call.path !== '/api/v1/requests' || call.method !== 'POST' || answer.status < 200 || answer.status > 202)
        return null
      const { id } = JSON.parse(answer.text) as { id: string }
      report.accepted.push(id)
      return id
    },
    streamStarts: () => {
      report.streams.started += 1
      report.streams.mostAtOnce = Math.max(report.streams.mostAtOnce, report.streams.started - report.streams.ended)
    },
    streamEnds({ resumed, wrong }) {
      report.streams.ended += 1
      report.streams.resumed += resumed
      for (const one of wrong) keep(report.streams.wrong, one)
    },
    finish() {
      report.achievedPerSecond = Math.round(latencies.length / ((lastAnswerMs - startedMs) / 1_000))
      report.latencyMs = percentiles(latencies)
      return report
    },
  }
}

function isProblem({ status, type, text }: Answer): boolean {
  if (!type.startsWith('application/problem+json')) return false
  const problem = JSON.parse(text) as { status: number; code: string; traceId: string; title: string }
  return problem.status === status && Boolean(problem.code && problem.title) && /^[0-9a-f]{32}$/.test(problem.traceId)
}

function percentiles(values: number[]): LoadReport['latencyMs'] {
  const at = (share: number) => Math.round(quantile(values, share))
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}
