import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../../../backend/enrichment/answer.ts'
import { followRequest } from '../../../backend/enrichment/requests/follow-request.ts'
import { openLiveRequests } from '../../../backend/enrichment/requests/live-requests.ts'
import { changeRow, startRun, type Run } from '../../../backend/enrichment/requests/run.ts'
import { openGroupCommit } from '../../../backend/enrichment/results/group-commit.ts'
import { parseResult } from '../../../backend/enrichment/results/parse-result.ts'
import { openFlights } from '../../../backend/enrichment/single-flight/flights.ts'
import { loadRun } from '../../../backend/enrichment/store/load-request.ts'
import { adoptRequests, registerProcess } from '../../../backend/enrichment/store/processes.ts'
import { newId, systemClock, type Postgres } from '../../../backend/foundation/index.ts'
import { rootOrganizationId } from '../../../backend/identity/index.ts'
import { openLogger } from '../../../backend/observability/index.ts'
import { testDatabase, type TestDatabase } from '../../support/postgres.ts'

const log = openLogger({ level: 'silent', service: 'test' })
let database: TestDatabase
let sql: Postgres

beforeAll(async () => {
  database = await testDatabase()
  sql = database.sql as unknown as Postgres
})
afterAll(() => database?.drop())

const source = {
  id: newId(),
  slug: 'one',
  name: 'One',
  provider: { slug: 'p', name: 'P' },
  exposure: 'local',
  reliability: 'B',
  version: 1,
  kinds: ['ipv4'],
} as const

function newRun(values: string[]): Run {
  return startRun(
    {
      id: newId(),
      createdAtMs: Date.now(),
      createdBy: { id: newId(), name: 'a' },
      organizationId: rootOrganizationId,
      tlp: 'AMBER',
      pap: 'AMBER',
      fresh: false,
      overQuota: 'wait',
      chosen: null,
      plan: [source],
      rejected: [],
    },
    values.map((value) => ({ kind: 'ipv4', value, count: 1 })),
  )
}

function newAnswer(raw?: unknown): Answer {
  return {
    id: newId(),
    state: 'found',
    result: { summary: 'yes', facts: [], tags: [], links: [], raw },
    reason: null,
    codeVersion: 1,
    runner: null,
    calls: [],
    logs: [],
    startedAtMs: Date.now(),
    finishedAtMs: Date.now(),
  }
}

const recordOf = (answer: Answer, value: string) => ({
  answer,
  source,
  kind: 'ipv4',
  value,
  cacheKey: value,
  traceId: '',
})

describe('what a source returned', () => {
  test('is refused when it is nested deeper than can be written down again', () => {
    const nested = (levels: number): Buffer =>
      Buffer.from(`{"summary":"x","raw":${'['.repeat(levels)}${']'.repeat(levels)}}`)
    expect(parseResult(nested(50)).ok).toBe(true)
    expect(parseResult(nested(50_000))).toMatchObject({
      ok: false,
      detail: expect.stringContaining('100 levels') as string,
    })
  })

  test('is kept whatever characters its values and names have', async () => {
    const owner = newId()
    const commits = openGroupCommit(sql, () => owner, log)
    const run = newRun(['192.0.2.1'])
    await commits.commit({ run, accepted: true })
    const answer = newAnswer({ 'a\0b': ['\0', '\ud800'], '\udfff': { '\0': 1 } })
    changeRow(run, run.items[0]!.rows[0]!, { state: 'found', answer, finishedAtMs: Date.now() })
    await commits.commit({ run, answers: [recordOf(answer, '192.0.2.1')], rows: run.items[0]!.rows })
    expect((await loadRun(sql, run.head.id))!.items[0]!.rows[0]!).toMatchObject({
      state: 'found',
      answer: { result: { raw: { 'a\uFFFDb': ['\uFFFD', '\uFFFD'] } } },
    })
    await commits.close(1_000)
  })
})

describe('a batch that is written again after an outage', () => {
  test('is the batch that it was: no row comes before its answer', async () => {
    const owner = newId()
    let away = (): void => {}
    let failing = true
    // Away for the first try of the second batch; what is written after it is real.
    const flaky = ((strings: TemplateStringsArray, ...values: never[]) => {
      if (failing) {
        away()
        return Promise.reject(Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' }))
      }
      return sql(strings, ...values)
    }) as unknown as Postgres
    const commits = openGroupCommit(flaky, () => owner, log)
    const run = newRun(['192.0.2.2'])
    const row = run.items[0]!.rows[0]!
    failing = false
    await commits.commit({ run, accepted: true })
    failing = true
    const tried = new Promise<void>((resolve) => (away = resolve))
    changeRow(run, row, { state: 'running' })
    const running = commits.commit({ run, rows: [row] })
    await tried
    const answer = newAnswer()
    changeRow(run, row, { state: 'found', answer })
    const seen = running.then(
      () =>
        sql<
          { state: string; answer_id: string | null }[]
        >`select state, answer_id from enrichment.outcomes where request_id = ${run.head.id}`,
    )
    failing = false
    expect([...(await seen)]).toEqual([{ state: 'running', answer_id: null }])
    await commits.commit({ run, answers: [recordOf(answer, '192.0.2.2')], rows: [row] })
    expect((await loadRun(sql, run.head.id))!.items[0]!.rows[0]!.state).toBe('found')
    await commits.close(1_000)
  })
})

describe('a process that lost a request', () => {
  test("finds what is its own by name and in nobody's hands, and leaves what it runs", async () => {
    const owner = newId()
    await registerProcess(sql, owner)
    const commits = openGroupCommit(sql, () => owner, log)
    const [lost, kept] = [newRun(['192.0.2.3']), newRun(['192.0.2.4'])]
    await Promise.all([lost, kept].map((run) => commits.commit({ run, accepted: true })))
    await commits.close(1_000)
    expect(await adoptRequests(sql, owner, [lost.head.id, kept.head.id], 100)).not.toContain(lost.head.id)
    const adopted = await adoptRequests(sql, owner, [kept.head.id], 100)
    expect(adopted).toContain(lost.head.id)
    expect(adopted).not.toContain(kept.head.id)
  })
})

describe('a process that was taken for dead and wakes up', () => {
  test('writes nothing into what another runs by now, stops running it, and its followers hear the other', async () => {
    const [sleeper, other] = [newId(), newId()]
    const [ofSleeper, ofOther] = [sleeper, other].map((owner) => openGroupCommit(sql, () => owner, log))
    const lives = openLiveRequests(ofSleeper!)
    const run = newRun(['192.0.2.11', '192.0.2.12'])
    const live = lives.add(run)
    await lives.commit(live, { accepted: true })
    await registerProcess(sql, other)
    expect(await adoptRequests(sql, other, [], 100)).toContain(run.head.id)
    const adopted = (await loadRun(sql, run.head.id))!
    const [first, second] = adopted.items.map((item) => item.rows[0]!)
    changeRow(adopted, first!, { state: 'running' })
    await ofOther!.commit({ run: adopted, rows: [first!] })

    const [late, later] = run.items.map((item) => item.rows[0]!)
    for (const row of [later!, late!]) changeRow(run, row, { state: 'skipped', finishedAtMs: Date.now() })
    await expect(lives.commit(live, { rows: [later!, late!] })).rejects.toThrow('run by another process')
    expect(live.stop.signal.aborted).toBe(true)
    expect(lives.get(run.head.id)).toBeUndefined()
    const stored = (await loadRun(sql, run.head.id))!
    expect(stored.items.map((item) => item.rows[0]!.state)).toEqual(['running', 'queued'])

    const news = followRequest({ sql, lives }, run.head.id, 0, new AbortController().signal)
    expect((await news.next()).value?.rows).toMatchObject([{ position: 0, seq: 1, state: 'running' }])
    for (const row of [first!, second!]) changeRow(adopted, row, { state: 'skipped', finishedAtMs: Date.now() })
    adopted.finishedAtMs = Date.now()
    await ofOther!.commit({ run: adopted, rows: [first!, second!] })
    lives.announce(run.head.id)
    expect((await news.next()).value).toMatchObject({ ended: true, rows: [{ seq: 2 }, { seq: 3 }] })
    for (const commits of [ofSleeper!, ofOther!]) await commits.close(1_000)
  })

  test('is not told that it lost what it ended itself, when only the answer to that was lost', async () => {
    const owner = newId()
    let lose = false
    const flaky = (async (strings: TemplateStringsArray, ...values: never[]) => {
      const rows = await sql(strings, ...values)
      if (!lose) return rows
      lose = false
      throw Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' })
    }) as unknown as Postgres
    const commits = openGroupCommit(flaky, () => owner, log)
    const run = newRun(['192.0.2.13'])
    await commits.commit({ run, accepted: true })
    changeRow(run, run.items[0]!.rows[0]!, { state: 'skipped', finishedAtMs: Date.now() })
    run.finishedAtMs = Date.now()
    lose = true
    await commits.commit({ run, rows: run.items[0]!.rows })
    expect(lose).toBe(false)
    expect((await loadRun(sql, run.head.id))!.items[0]!.rows[0]!.state).toBe('skipped')
    await commits.close(1_000)
  })
})

describe('a follower', () => {
  test('misses nothing of a request that this process lost and runs again', async () => {
    const lives = openLiveRequests({ commit: () => Promise.resolve(), close: () => Promise.resolve() })
    const run = newRun(['192.0.2.5', '192.0.2.6', '192.0.2.7'])
    const [first, second, third] = run.items.map((item) => item.rows[0]!)
    const live = lives.add(run)
    const going = new AbortController()
    const news = followRequest({ sql, lives }, run.head.id, 0, going.signal)
    for (const state of ['running', 'queued', 'running'] as const) {
      changeRow(run, first!, { state })
      await lives.commit(live, { rows: [first!] })
    }
    expect((await news.next()).value?.rows).toEqual([first])
    const waiting = news.next()
    lives.remove(run.head.id)
    const again = lives.add(run, true)
    for (const row of [second!, third!]) {
      changeRow(run, row, { state: 'not-found' })
      await lives.commit(again, { rows: [row] })
    }
    const seen = [...((await waiting).value?.rows ?? [])]
    run.finishedAtMs = Date.now()
    await lives.commit(again, {})
    for await (const { rows } of news) seen.push(...rows)
    expect(new Set(seen)).toEqual(new Set([second, third]))
  })
})

describe('single flight', () => {
  test('forgets nobody who joins another process in the moment in which the last watch ends', async () => {
    const told = await Promise.all(Array.from({ length: 16 }, (_, ticks) => joinLate(ticks)))
    expect(told).toEqual(told.map(() => 'landed'))
  })
})

/** Two keys in flight elsewhere; the second is claimed so many turns after the first one landed. */
async function joinLate(ticks: number): Promise<'landed' | 'forgotten'> {
  let claim: (rows: never[]) => void = () => {}
  const scripted = ((strings: TemplateStringsArray, ...values: unknown[]) => {
    const text = strings.join('?')
    if (!text.includes('insert into')) {
      if (!text.includes('enrichment.answers')) return Promise.resolve([])
      void later(ticks).then(() => claim([]))
      return Promise.resolve([])
    }
    return (values.flat() as string[]).includes('second')
      ? new Promise<never[]>((resolve) => (claim = resolve))
      : Promise.resolve([])
  }) as unknown as Postgres
  const flights = openFlights({ sql: scripted, owner: () => 'me', clock: systemClock })
  const { signal } = new AbortController()
  const second = flights.board(['second'], signal)
  const [first] = await flights.board(['first'], signal)
  if (first!.kind === 'joined') await first!.answer
  const [joined] = await second
  const landed =
    joined!.kind === 'joined' ? joined!.answer.then(() => 'landed' as const) : Promise.resolve('landed' as const)
  let timer: NodeJS.Timeout | undefined
  // Longer than several looks: one that is watched lands at the first.
  const patience = new Promise<'forgotten'>((resolve) => (timer = setTimeout(resolve, 3_000, 'forgotten')))
  const told = await Promise.race([landed, patience])
  clearTimeout(timer)
  return told
}

async function later(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
}
