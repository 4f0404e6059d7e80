import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApiServer } from './api-server.ts'
import { indag } from './run-indag.ts'

const anchor = `2:${'a'.repeat(64)}`
const entry = {
  id: '1',
  at: '2026-11-21T12:00:00.000Z',
  action: 'group.delete',
  outcome: 'done',
  actor: { name: 'Ada\u001b[31m', via: 'token', credentialName: 'ci', address: '192.0.2.1' },
  resource: { type: 'group', name: 'Watchers' },
  reason: null,
  count: 1,
}
const refused = { ...entry, action: 'user.sign-in', outcome: 'denied', reason: 'wrong', count: 9 }

let server: Awaited<ReturnType<typeof startApiServer>>
let env: Record<string, string>
let verification: object

beforeEach(async () => {
  verification = { ok: true, count: 2, anchor }
  server = await startApiServer({
    'GET /api/v1/audit': () => ({ body: { items: [entry, refused], next: null } }),
    'GET /api/v1/audit/export?action=group.&format=ndjson': () => ({ body: '{"a":1}\n{"a":2}\n' }),
    'POST /api/v1/audit/verify': () => ({ body: verification }),
  })
  env = { INDAG_URL: server.url, INDAG_TOKEN: 'indag_test' }
})
afterEach(() => server.close())

describe('indag audit', () => {
  it('list shows who did what from where, and nothing that moves the cursor', async () => {
    const run = await indag(['audit', 'list', '--plain'], { env })
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(run.out.split('\n')[0]).toMatch(
      /^2026-11-21 12:00:00\tAda.* \(ci\)\t192.0.2.1\tgroup.delete\tdone\tgroup Watchers$/,
    )
    expect(run.out.split('\n')[1]).toContain('denied: wrong ×9')
    expect(run.out).not.toContain('\u001b')
  })

  it('verify prints the anchor alone, and hands over those that were kept', async () => {
    const run = await indag(['audit', 'verify', '--anchor', anchor], { env })
    expect(run).toMatchObject({ code: 0, out: `${anchor}\n`, err: '2 entries are as written.\n' })
    expect(server.seen[0]?.body).toEqual({ anchors: [anchor] })
  })

  it('verify fails for a broken log, and says where', async () => {
    verification = { ok: false, sequence: 7, reason: 'altered', detail: 'its hash does not fit' }
    const run = await indag(['audit', 'verify'], { env })
    expect(run).toMatchObject({ code: 1, out: '' })
    expect(run.err).toContain('broken at entry 7 (altered): its hash does not fit.')
  })

  it('export writes what comes', async () => {
    const run = await indag(['audit', 'export', '--action', 'group.'], { env })
    expect(run).toMatchObject({ code: 0, out: '{"a":1}\n{"a":2}\n', err: '' })
  })

  it('export refuses an unknown format', async () => {
    const run = await indag(['audit', 'export', '--format', 'xml'], { env })
    expect(run).toMatchObject({ code: 2, out: '' })
    expect(run.err).toContain('--format is "xml"')
  })
})
