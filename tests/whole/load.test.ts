import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestView } from '../../backend/app/api.ts'
import { nginxProgram, startNginx, type AccessLine, type StartedNginx } from '../support/nginx.ts'
import { startProduct, type Product } from '../support/product.ts'
import { startProvider, type Provider } from '../support/provider.ts'
import { testRedis } from '../support/redis.ts'
import { askCached, type LoadPlan, type LoadReport } from './load/plan.ts'

/**
 * Load through the real NGINX on two real backends, one of which is killed in the middle and started again. Asserted is how things
 * end, never how fast. A short run by itself; `INDAG_LOAD_SECONDS=60 npx vitest run tests/whole/load.test.ts` offers 1,000 calls a second.
 */
const seconds = Number(process.env['INDAG_LOAD_SECONDS'] ?? 15)
const perSecond = Number(process.env['INDAG_LOAD_PER_SECOND'] ?? (process.env['INDAG_LOAD_SECONDS'] ? 1_000 : 150))
const streams = 200
const generator = fileURLToPath(new URL('./load/generator.ts', import.meta.url))
const skipped = nginxProgram === null ? ' (skipped: no nginx is installed)' : ''
const redis = nginxProgram === null ? null : await testRedis()

describe.skipIf(nginxProgram === null)(`load through NGINX, with a backend killed in the middle${skipped}`, () => {
  let product: Product
  let nginx: StartedNginx
  let provider: Provider
  let pageFolder: string
  let report: LoadReport
  let log: AccessLine[]

  beforeAll(async () => {
    pageFolder = mkdtempSync(join(tmpdir(), 'indag-load-page-'))
    writeFileSync(join(pageFolder, 'index.html'), `<!doctype html><title>page</title>${'<p>text'.repeat(200)}`)
    product = await startProduct({
      backends: 2,
      runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' },
      env: { INDAG_LOG_LEVEL: 'warn', ...(redis ? { REDIS_URL: redis.url } : {}) },
    })
    // Each client of the generator has an address of its own, by which the limits of NGINX hold as they ship.
    nginx = await startNginx({
      backends: product.backends.map(({ url }) => url),
      pageFolder,
      env: { INDAG_TRUSTED_PROXIES: '127.0.0.0/8' },
    })
    provider = await startProvider()
    const set = await product.api('/api/v1/sources/hashlookup', {
      method: 'PATCH',
      json: { config: { baseUrl: provider.url } },
    })
    expect(set.status, await set.clone().text()).toBe(200)
    report = await underLoad(await readRequest())
    log = nginx.accessLog()
    console.log(described(report, log))
  }, 900_000)

  afterAll(async () => {
    await nginx?.stop()
    await product?.stop()
    await provider?.stop()
    await redis?.stop()
    rmSync(pageFolder, { recursive: true, force: true })
  })

  /** A request of the history for the readers; what `askCached` asks is in the cache then. */
  async function readRequest(): Promise<string> {
    const answer = await product.api('/api/v1/requests', { json: askCached })
    expect(answer.status, await answer.clone().text()).toBe(200)
    return ((await answer.json()) as RequestView).id
  }

  /** The generator from its start to its end; in the middle the second backend dies and comes back. */
  async function underLoad(requestId: string): Promise<LoadReport> {
    const plan: LoadPlan = { url: nginx.url, token: product.admin.token, seconds, perSecond, streams, requestId }
    const child = spawn(process.execPath, [generator], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.end(JSON.stringify(plan))
    const lines: string[] = []
    let restarted: Promise<void> | undefined
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'half') restarted = killAndRestart()
      else lines.push(line)
    })
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(0)
    await restarted
    return JSON.parse(lines.at(-1)!) as LoadReport
  }

  async function killAndRestart(): Promise<void> {
    const [, second] = product.backends
    await second!.kill()
    await second!.start()
  }

  test('all kinds of calls were answered as they should be, most of the time', () => {
    const good = ['read a request 200', 'list requests 200', 'list sources 200', 'list kinds 200', 'page 200']
    const asked = ['cached 200', 'extract 200', 'new 202', 'streamed 202', 'stranger 401', 'absent 404', 'wrong 422']
    for (const what of [...good, ...asked]) expect(report.answers[what], what).toBeGreaterThan(0)
  })

  test('every request that was accepted has ended, in the database and by the API of both backends', async () => {
    expect(report.accepted.length).toBeGreaterThan(streams)
    expect(new Set(report.accepted).size).toBe(report.accepted.length)
    const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
    const stored = await sql<{ id: string; ended: boolean }[]>`
      select id, finished_at is not null as ended from enrichment.requests where id = any(${report.accepted})`
    await sql.end()
    expect(stored.filter(({ ended }) => !ended)).toEqual([])
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(report.accepted))
    const left = [...report.accepted]
    const open: string[] = []
    const readSome = async (base: string): Promise<void> => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) if (!(await hasEnded(base, id))) open.push(id)
    }
    await Promise.all(product.backends.flatMap(({ url }) => Array.from({ length: 4 }, () => readSome(url))))
    expect(open).toEqual([])
  }, 600_000)

  async function hasEnded(base: string, id: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${product.admin.token}` }
    const answer = await fetch(`${base}/api/v1/requests/${id}`, { headers })
    const { state, counts, indicators } = (await answer.json()) as RequestView
    const rows = indicators.flatMap((item) => item.rows)
    return (
      state === 'done' &&
      rows.length === counts.rows &&
      rows.every((row) => row.state !== 'queued' && row.state !== 'running')
    )
  }

  test('every stream got its final event, those too that the kill broke', () => {
    expect(report.streams).toMatchObject({ ended: report.streams.started, wrong: [] })
    // Each reader follows one after the other, and asks in between.
    expect(report.streams.mostAtOnce).toBeGreaterThan(streams / 2)
    expect(report.streams.resumed).toBeGreaterThan(0)
  })

  test('no answer was a surprise, and every refusal is a problem', () => {
    expect(report.unexpected).toEqual([])
    expect(report.badProblems).toEqual([])
  })

  test('the only 5xx are calls that must not be repeated, under way on the backend when it was killed', () => {
    const killed = new URL(product.backends[1]!.url).host
    const failed = log.filter(({ status }) => status >= 500)
    expect(failed.filter(({ method, backend }) => method !== 'POST' || !backend.endsWith(killed))).toEqual([])
  })

  test('both backends served, and calls were passed over to the one that lived', () => {
    const served = new Set(log.filter(({ status }) => status === 200).map(({ backend }) => backend))
    for (const { url } of product.backends) expect(served).toContain(new URL(url).host)
    expect(log.some(({ backend }) => backend.includes(', '))).toBe(true)
  })
})

function described(report: LoadReport, log: AccessLine[]): string {
  const failed = log.filter(({ status }) => status >= 500).length
  const passedOver = log.filter(({ backend }) => backend.includes(', ')).length
  return [
    `Load: ${seconds} s, offered ${report.offeredPerSecond}/s and ${streams} streams; ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}`,
    `  answered ${report.achievedPerSecond}/s; ${report.shed} of ${report.due} due calls not sent, since too many were under way`,
    `  latency from due: p50 ${report.latencyMs.p50} ms, p90 ${report.latencyMs.p90}, p99 ${report.latencyMs.p99}, most ${report.latencyMs.max}`,
    `  accepted ${report.accepted.length} requests; streams ${report.streams.ended}, resumed ${report.streams.resumed}`,
    `  5xx ${failed}; passed over to the other backend ${passedOver}`,
    `  answers ${JSON.stringify(report.answers)}`,
  ].join('\n')
}
