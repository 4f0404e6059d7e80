import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Metadata, credentials } from '@grpc/grpc-js'
import { CallContext, RunnerServiceClient } from '@indag/proto/runner/v1/runner.ts'
import { hashOf } from '../../../runners/contract/server/versions.ts'
import { startRunner } from '../../support/runner.ts'
import { cpuTimeUs } from './cpu-time.ts'

const CODE = {
  javascript: `export async function fetchData(indicator, ctx) {
  const rows = ctx.config.rows
  return { summary: indicator.value, facts: rows.map((row) => ({ name: row.n, value: row.v })) }
}`,
  python: `def fetch_data(indicator, ctx):
    rows = ctx.config["rows"]
    return {"summary": indicator.value, "facts": [{"name": row["n"], "value": row["v"]} for row in rows]}
`,
}
/** About 200 bytes of JSON, both ways. */
const CONFIG = Buffer.from(
  JSON.stringify({ rows: Array.from({ length: 8 }, (_, index) => ({ n: `name-${index}`, v: index })) }),
)
const ROUNDS = 4
const SERIAL_CALLS = 1_000
const PARALLEL_CALLS = 4_000
const CONCURRENCY = 32

type Target = {
  name: string
  pid: number
  client: RunnerServiceClient
  metadata: Metadata
  hash: string
  stop(): Promise<void>
}
/** CPU time of one call in microseconds: the one thing that a busy machine does not change much. */
export type CpuUs = { client: number; runner: number; children: number }
export type Measured = {
  name: string
  serialCpuUs: CpuUs
  parallelCpuUs: CpuUs
  p50Ms: number
  p99Ms: number
  callsPerSecond: number
  serialRatio: number
  parallelRatio: number
}

/** One warm source call through each runner against a bare ts-proto echo: medians of interleaved rounds, ratios within one run. */
export async function run(): Promise<Measured[]> {
  const targets = [await openEcho()]
  for (const language of ['javascript', 'python'] as const) {
    const main = fileURLToPath(new URL(`../../../runners/${language}/main.ts`, import.meta.url))
    if (existsSync(main)) targets.push(await openRunner(language))
  }
  try {
    for (const target of targets) await drive(target, 2_000, CONCURRENCY)
    const serial = new Map<string, number[][]>(targets.map((target) => [target.name, []]))
    const parallel = new Map<string, number[]>(targets.map((target) => [target.name, []]))
    const cpu = new Map<string, { serial: CpuUs[]; parallel: CpuUs[] }>()
    for (const { name } of targets) cpu.set(name, { serial: [], parallel: [] })
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const target of targets) {
        const driven = await drive(target, SERIAL_CALLS, 1)
        serial.get(target.name)?.push(driven.latencies)
        cpu.get(target.name)?.serial.push(driven.cpuUs)
      }
      for (const target of targets) {
        const driven = await drive(target, PARALLEL_CALLS, CONCURRENCY)
        parallel.get(target.name)?.push(driven.callsPerSecond)
        cpu.get(target.name)?.parallel.push(driven.cpuUs)
      }
    }
    const rows = targets.map(({ name }) => ({
      name,
      p50Ms: median((serial.get(name) ?? []).map((each) => quantile(each, 0.5))),
      p99Ms: median((serial.get(name) ?? []).map((each) => quantile(each, 0.99))),
      callsPerSecond: median(parallel.get(name) ?? []),
      serialCpuUs: mean(cpu.get(name)?.serial ?? []),
      parallelCpuUs: mean(cpu.get(name)?.parallel ?? []),
    }))
    const [floor] = rows
    if (!floor) throw new Error('nothing was measured')
    return rows.map((row) => ({
      ...row,
      serialRatio: row.p50Ms / floor.p50Ms,
      parallelRatio: row.callsPerSecond / floor.callsPerSecond,
    }))
  } finally {
    for (const target of targets) await target.stop()
  }
}

async function drive(
  target: Target,
  calls: number,
  concurrency: number,
): Promise<{ latencies: number[]; callsPerSecond: number; cpuUs: CpuUs }> {
  const request = {
    hash: target.hash,
    indicator: { kind: 'ipv4', value: '1.1.1.1' },
    context: CallContext.fromPartial({ configJson: CONFIG, trustDomain: 'bench' }),
  }
  const latencies: number[] = []
  let left = calls
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const startedAt = performance.now()
      target.client.fetchData(request, target.metadata, { deadline: Date.now() + 10_000 }, (error) => {
        latencies.push(performance.now() - startedAt)
        if (error) reject(error)
        else resolve()
      })
    })
  const before = cpuTimeUs(target.pid)
  const mine = process.cpuUsage()
  const startedAt = performance.now()
  const lane = async () => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  const callsPerSecond = calls / ((performance.now() - startedAt) / 1_000)
  const { user, system } = process.cpuUsage(mine)
  const after = cpuTimeUs(target.pid)
  const cpuUs = { client: user + system, runner: after.own - before.own, children: after.below - before.below }
  for (const who of ['client', 'runner', 'children'] as const) cpuUs[who] /= calls
  return { latencies, callsPerSecond, cpuUs }
}

async function openEcho(): Promise<Target> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./echo-server.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const client = new RunnerServiceClient(
    (JSON.parse(String(line)) as { address: string }).address,
    credentials.createInsecure(),
  )
  const stop = async () => {
    client.close()
    child.stdin.end()
    await once(child, 'exit')
  }
  return { name: 'bare echo', pid: child.pid as number, client, metadata: new Metadata(), hash: 'x'.repeat(64), stop }
}

async function openRunner(language: 'javascript' | 'python'): Promise<Target> {
  const runner = await startRunner(language, { INDAG_LOG_LEVEL: 'error', INDAG_RUNNER_UNSAFE: '1' })
  const version = { language, code: CODE[language], requirements: [], hash: '', sourceId: 'bench' }
  version.hash = hashOf(version)
  await new Promise((resolve, reject) => {
    runner.client.update({ version }, runner.metadata(), (error, answer) => (error ? reject(error) : resolve(answer)))
  })
  return {
    name: language,
    pid: runner.pid,
    client: runner.client,
    metadata: runner.metadata(),
    hash: version.hash,
    stop: () => runner.stop(),
  }
}

const quantile = (values: number[], at: number) => values.toSorted((a, b) => a - b)[Math.floor(values.length * at)] ?? 0
const median = (values: number[]) => quantile(values, 0.5)
function mean(each: CpuUs[]): CpuUs {
  const of = (who: keyof CpuUs) => Math.round(each.reduce((sum, one) => sum + one[who], 0) / each.length)
  return { client: of('client'), runner: of('runner'), children: of('children') }
}
const show = ({ client, runner, children }: CpuUs) => `client ${client} + runner ${runner} + child ${children} µs`

if (import.meta.main) {
  for (const row of await run()) {
    const { name, p50Ms, p99Ms, callsPerSecond, serialRatio, parallelRatio, serialCpuUs, parallelCpuUs } = row
    console.log(
      `${name.padEnd(12)} c=1 p50 ${p50Ms.toFixed(3)} ms (${serialRatio.toFixed(2)} F), p99 ${p99Ms.toFixed(2)} ms; c=32 ${Math.round(callsPerSecond)} calls/s (${parallelRatio.toFixed(2)} F)`,
    )
    console.log(`${''.padEnd(12)} CPU per call, c=1: ${show(serialCpuUs)}; c=32: ${show(parallelCpuUs)}`)
  }
}
