import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { outcome, refusal } from './answers.ts'
import type { Outcome } from './answers.ts'
import type { FakeSource } from './catalogue.ts'
import { defang } from './extract.ts'

type Indicator = { kind: string; value: string }
export type Body = { indicators?: Indicator[]; sources?: string[]; tlp?: string; pap?: string; fresh?: boolean }
type Row = ReturnType<typeof newRow>
type Run = ReturnType<typeof newRun>

const sourceRef = ({ id, slug, name, provider, exposure, reliability }: FakeSource) => ({
  id,
  slug,
  name,
  provider,
  exposure,
  reliability,
})

function newRow(source: FakeSource) {
  return {
    source: sourceRef(source),
    seq: 0,
    state: 'queued' as string,
    codeVersion: 1,
    reason: null as { code: string; detail: string; fix?: { label: string; href: string } } | null,
    eta: null,
    result: null as Record<string, unknown> | null,
    cached: null as { ageSeconds: number; expiresAt: string } | null,
    startedAt: null as string | null,
    finishedAt: null as string | null,
    durationMs: null as number | null,
    runner: null as string | null,
    calls: [] as unknown[],
    logs: [] as unknown[],
  }
}

function newRun(body: Body, sources: FakeSource[]) {
  const chosen = sources.filter((source) => !body.sources || body.sources.includes(source.slug))
  const indicators = (body.indicators ?? []).map((indicator, position) => ({
    position,
    ...indicator,
    defanged: defang(indicator.value, indicator.kind),
    count: 1,
    address: indicator.kind === 'ipv4' ? { scope: 'public', name: 'public address' } : undefined,
    rows: chosen.filter((source) => source.kinds.includes(indicator.kind)).map(newRow),
  }))
  return {
    id: randomUUID(),
    body,
    createdAt: new Date().toISOString(),
    finishedAt: null as string | null,
    seq: 0,
    pending: indicators.reduce((sum, { rows }) => sum + rows.length, 0),
    indicators,
    listeners: new Set<ServerResponse>(),
  }
}

/** The requests of the fake backend: rows end one after another, streamed to whoever listens. */
export function openRequests(sources: () => FakeSource[], rowDelayMs: number) {
  const runs = new Map<string, Run>()
  const cache = new Map<string, number>()
  const asked: { slug: string; value: string }[] = []
  const stalled: (() => void)[] = []

  const end = (run: Run, position: number, row: Row, result: Outcome) => {
    if (result.state === 'stalled') {
      stalled.push(() => end(run, position, row, { state: 'not-found' }))
      return
    }
    row.state = result.state
    row.finishedAt = new Date().toISOString()
    row.durationMs = 42
    if (result.state === 'found') row.result = result.result
    if (result.state === 'skipped' || result.state === 'failed') {
      row.reason = { code: result.code, detail: result.detail, ...(result.fix ? { fix: result.fix } : {}) }
    }
    changed(run, position, row)
  }

  const changed = (run: Run, position: number, row: Row) => {
    run.seq += 1
    row.seq = run.seq
    if (!isPending(row)) run.pending -= 1
    const pending = run.pending > 0
    if (!pending) run.finishedAt = new Date().toISOString()
    for (const listener of run.listeners) {
      send(listener, 'row', { position, row }, row.seq)
      send(listener, 'verdict', { position, verdict: verdictOf(run.indicators[position]?.rows ?? []) })
      if (run.seq % 20 === 0 || run.pending < 30) send(listener, 'counts', countsOf(run))
      if (!pending) finish(listener, run)
    }
  }

  const start = (body: Body) => {
    const run = newRun(body, sources())
    runs.set(run.id, run)
    const marking = { tlp: body.tlp ?? 'AMBER', pap: body.pap ?? 'AMBER' }
    let step = 0
    for (const indicator of run.indicators) {
      for (const row of indicator.rows) {
        const source = sources().find((known) => known.slug === row.source.slug)
        if (!source) continue
        const no = refusal(source, indicator.kind, marking)
        const key = `${source.slug} ${indicator.kind} ${indicator.value}`
        step += 1
        setTimeout(
          () => {
            if (no) return end(run, indicator.position, row, no)
            const cachedAt = cache.get(key)
            if (cachedAt && !body.fresh) {
              row.cached = {
                ageSeconds: Math.round((Date.now() - cachedAt) / 1000),
                expiresAt: new Date(cachedAt + 86_400_000).toISOString(),
              }
            } else {
              asked.push({ slug: source.slug, value: indicator.value })
              cache.set(key, Date.now())
              row.calls = source.hosts.map((host) => ({
                protocol: 'https',
                method: 'GET',
                target: `https://${host}/api/${indicator.value}`,
                status: 200,
                durationMs: 38,
                responseBytes: 812,
                error: '',
              }))
              row.logs = [{ level: 'info', message: `asked about ${indicator.kind}` }]
              row.runner = '127.0.0.1:50051'
            }
            row.state = 'running'
            row.startedAt = new Date().toISOString()
            changed(run, indicator.position, row)
            setTimeout(() => end(run, indicator.position, row, outcome(source, indicator)), rowDelayMs)
            return undefined
          },
          Math.min(step * rowDelayMs * 0.2, 3_000),
        )
      }
    }
    return run
  }

  const stream = (run: Run, response: ServerResponse, lastSeq: number) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    for (const { position, rows } of run.indicators) {
      for (const row of rows) if (row.seq > lastSeq) send(response, 'row', { position, row }, row.seq)
      send(response, 'verdict', { position, verdict: verdictOf(rows) })
    }
    send(response, 'counts', countsOf(run))
    if (run.finishedAt) return finish(response, run)
    run.listeners.add(response)
    response.on('close', () => run.listeners.delete(response))
    return undefined
  }

  return { runs, asked, start, stream, view, summary, releaseStalled: () => stalled.splice(0).forEach((go) => go()) }
}

const isPending = (row: Row) => row.state === 'queued' || row.state === 'running'

function send(response: ServerResponse, event: string, data: unknown, id?: number) {
  response.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`)
}

function finish(response: ServerResponse, run: Run) {
  send(response, 'done', { id: run.id, state: 'done', finishedAt: run.finishedAt, counts: countsOf(run) }, run.seq)
  response.end()
}

function countsOf(run: Run) {
  const rows = run.indicators.flatMap((indicator) => indicator.rows)
  const count = (state: string) => rows.filter((row) => row.state === state).length
  return {
    indicators: run.indicators.length,
    rows: rows.length,
    queued: count('queued'),
    running: count('running'),
    found: count('found'),
    notFound: count('not-found'),
    skipped: count('skipped'),
    failed: count('failed'),
  }
}

function verdictOf(rows: Row[]) {
  const claims = rows.flatMap((row) => {
    const level = row.result?.['verdict'] as string | undefined
    if (!level) return []
    return [
      {
        source: row.source.slug,
        name: row.source.name,
        level,
        says: row.result?.['says'],
        score: row.result?.['score'] as number,
        weight: 1,
        observedAt: row.result?.['observedAt'],
        cached: row.cached !== null,
      },
    ]
  })
  const level =
    ['malicious', 'suspicious', 'benign'].find((one) => claims.some((claim) => claim.level === one)) ?? 'unknown'
  const isBad = (one: string) => one === 'malicious' || one === 'suspicious'
  const agree = claims.filter((claim) => isBad(claim.level) === isBad(level))
  const pending = rows.filter(isPending).length
  const names = agree.map((claim) => claim.name).join(', ')
  return {
    level,
    score: Math.max(0, ...claims.map((claim) => claim.score)),
    confidence: Math.min(95, claims.length * 30),
    final: pending === 0,
    summary:
      claims.length === 0
        ? 'No source gives an opinion.'
        : `${agree.length} of ${claims.length} sources with an opinion say ${level}: ${names}.`,
    agree,
    disagree: claims.filter((claim) => !agree.includes(claim)),
    silent: rows.filter((row) => row.state === 'not-found' || (row.state === 'found' && !row.result?.['verdict']))
      .length,
    pending,
    failed: rows.filter((row) => row.state === 'failed').length,
    wouldChange:
      level === 'unknown'
        ? 'One source with an opinion would.'
        : 'A report of a reliability A source against it would.',
  }
}

const creator = { id: 'user-1', name: 'Ada Admin' }

export function view(run: Run) {
  const { body } = run
  return {
    id: run.id,
    state: run.finishedAt ? 'done' : 'running',
    createdAt: run.createdAt,
    finishedAt: run.finishedAt,
    createdBy: creator,
    tlp: body.tlp ?? 'AMBER',
    pap: body.pap ?? 'AMBER',
    fresh: body.fresh ?? false,
    sources: body.sources ?? null,
    seq: run.seq,
    counts: countsOf(run),
    rejected: [],
    indicators: run.indicators.map((indicator) => ({ ...indicator, verdict: verdictOf(indicator.rows) })),
  }
}

export function summary(run: Run) {
  const { indicators, rejected: _rejected, seq: _seq, ...rest } = view(run)
  const levels = indicators.map(({ verdict }) => (verdict.final ? verdict.level : null))
  const worst = ['malicious', 'suspicious', 'benign', 'unknown'].find((level) => levels.includes(level)) ?? null
  return {
    ...rest,
    verdict: worst,
    indicators: indicators
      .slice(0, 5)
      .map(({ kind, value, defanged }, at) => ({ kind, value, defanged, verdict: levels[at] })),
  }
}
