import { readFileSync } from 'node:fs'
import { CallContext } from '@indag/proto/runner/v1/runner.ts'
import type { FetchDataResponse } from '@indag/proto/runner/v1/runner.ts'
import { hashOf } from '../../../../runners/contract/server/versions.ts'
import { loadOf, startRunner } from '../../../support/runner.ts'
import type { StartedRunner } from '../../../support/runner.ts'

const CODE = {
  javascript: `export async function fetchData(i) { return { summary: i.value } }`,
  python: `def fetch_data(i, ctx):
    return {"summary": i.value}
`,
}
const ROUNDS = 40

export type Recovery = { language: string; p50Ms: number; p95Ms: number; maximumMs: number }

/**
 * How long a source is away when its child is killed from outside (SIGKILL by the system, the out-of-memory killer): from the kill to
 * the next good answer of the same source, in milliseconds. Each round waits until the runner has its spares again.
 */
export async function run(rounds = ROUNDS): Promise<Recovery[]> {
  const rows: Recovery[] = []
  for (const language of ['javascript', 'python'] as const) {
    const runner = await startRunner(language, { INDAG_LOG_LEVEL: 'error', INDAG_RUNNER_UNSAFE: '1' })
    try {
      rows.push({ language, ...(await measure(runner, language, rounds)) })
    } finally {
      await runner.stop()
    }
  }
  return rows
}

async function measure(runner: StartedRunner, language: 'javascript' | 'python', rounds: number) {
  const version = { language, code: CODE[language], requirements: [], hash: '', sourceId: 'bench' }
  version.hash = hashOf(version)
  await new Promise((resolve, reject) => {
    runner.client.update({ version }, runner.metadata(), (error, answer) => (error ? reject(error) : resolve(answer)))
  })
  const tookMs: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await settled(runner)
    const pid = await workingChild(runner, version.hash)
    const startedAt = performance.now()
    process.kill(pid, 'SIGKILL')
    while (!(await call(runner, version.hash).catch(() => undefined)));
    tookMs.push(performance.now() - startedAt)
  }
  tookMs.sort((a, b) => a - b)
  const at = (share: number) => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0
  return { p50Ms: at(0.5), p95Ms: at(0.95), maximumMs: at(1) }
}

/** The child that works: the process below the runner whose processor time grows most while the source is asked. */
async function workingChild(runner: StartedRunner, hash: string): Promise<number> {
  const before = new Map(descendants(runner.pid).map((pid) => [pid, processorNs(pid)]))
  for (let count = 0; count < 20; count += 1) await call(runner, hash)
  const grown = [...before].map(([pid, ns]) => [pid, processorNs(pid) - ns] as const)
  const [most] = grown.toSorted((a, b) => b[1] - a[1])
  if (!most) throw new Error('the runner has no child')
  return most[0]
}

/** Until the runner has as many children as it wants, with its spares, and they rest. */
async function settled(runner: StartedRunner): Promise<void> {
  let last = -1
  for (let same = 0; same < 8;) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { children } = await loadOf(runner)
    same = children === last ? same + 1 : 0
    last = children
  }
}

function call(runner: StartedRunner, hash: string): Promise<FetchDataResponse> {
  const request = { hash, indicator: { kind: 'ipv4', value: '1.1.1.1' }, context: CallContext.fromPartial({}) }
  return new Promise((resolve, reject) => {
    runner.client.fetchData(request, runner.metadata(), { deadline: Date.now() + 10_000 }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    )
  })
}

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function processorNs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return 0
  }
}

if (import.meta.main)
  for (const { language, p50Ms, p95Ms, maximumMs } of await run())
    console.log(
      `${language.padEnd(12)} same source again after SIGKILL of its child: p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms, worst ${maximumMs.toFixed(1)} ms`,
    )
