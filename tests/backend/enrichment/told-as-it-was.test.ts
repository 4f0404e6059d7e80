import { afterAll, beforeAll, expect, test } from 'vitest'
import { followRequest } from '../../../backend/enrichment/requests/follow-request.ts'
import { openLiveRequests } from '../../../backend/enrichment/requests/live-requests.ts'
import { changeRow, startRun } from '../../../backend/enrichment/requests/run.ts'
import { newId, type Postgres } from '../../../backend/foundation/index.ts'
import { rootOrganizationId } from '../../../backend/identity/index.ts'
import { testDatabase, type TestDatabase } from '../../support/postgres.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
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

test('a row that moves on before its reader looks is told as it was: no number goes out before it is durable', async () => {
  const run = startRun(
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
    [{ kind: 'ipv4', value: '45.1.1.1', count: 1 }],
  )
  const lives = openLiveRequests({ commit: () => Promise.resolve() } as unknown as Parameters<
    typeof openLiveRequests
  >[0])
  const live = lives.add(run)
  const row = run.items[0]!.rows[0]!
  changeRow(run, row, { state: 'queued', etaMs: 1 })
  await lives.commit(live, { rows: [row] })
  const going = new AbortController()
  const { value } = await followRequest(
    { sql: database.sql as unknown as Postgres, lives },
    run.head.id,
    0,
    going.signal,
  ).next()
  // The next change, not durable yet.
  changeRow(run, row, { state: 'running' })
  expect(value?.rows).toMatchObject([{ seq: 1, state: 'queued' }])
  going.abort()
})
