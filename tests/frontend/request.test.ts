import { describe, expect, test } from 'vitest'
import type { IndicatorView, RequestView, Row, VerdictLevel } from '../../frontend/src/api/types.ts'
import { fixFor } from '../../frontend/src/pages/enrichment/fix-for.ts'
import { toCsv } from '../../frontend/src/pages/enrichment/request/list/export-indicators.ts'
import { selectIndicators } from '../../frontend/src/pages/enrichment/request/list/select-indicators.ts'
import { applyEvents, newestOf } from '../../frontend/src/pages/enrichment/request/live/apply-event.ts'
import { requestCall } from '../../frontend/src/pages/enrichment/api-calls.ts'
import { snippet } from '../../frontend/src/snippet/snippet.ts'

const row = (slug: string, seq: number, state: Row['state']): Row => ({
  source: { id: slug, slug, name: slug, provider: { slug: 'p', name: 'P' }, exposure: 'local', reliability: 'A' },
  seq,
  state,
  codeVersion: 1,
  reason: null,
  eta: null,
  result: null,
  cached: null,
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  runner: null,
  calls: [],
  logs: [],
})

const indicator = (
  position: number,
  value: string,
  level: VerdictLevel,
  final: boolean,
  rows: Row[] = [],
): IndicatorView => ({
  position,
  kind: 'domain',
  value,
  defanged: value.replace(/\.(?=[^.]*$)/, '[.]'),
  count: 1,
  rows,
  verdict: {
    level,
    score: 0,
    confidence: 0,
    final,
    summary: '=SUM(A1)',
    agree: [],
    disagree: [],
    silent: 0,
    pending: final ? 0 : 1,
    failed: 0,
    wouldChange: '',
  },
})

const view = (indicators: IndicatorView[], state: RequestView['state'] = 'running'): RequestView => ({
  id: 'r',
  state,
  createdAt: '2026-11-21T00:00:00Z',
  finishedAt: null,
  createdBy: null,
  tlp: 'AMBER',
  pap: 'AMBER',
  fresh: false,
  sources: null,
  seq: 1,
  counts: { indicators: 1, rows: 1, queued: 1, running: 0, found: 0, notFound: 0, skipped: 0, failed: 0 },
  rejected: [],
  indicators,
})

describe('applyEvents', () => {
  const before = view([
    indicator(0, 'a.com', 'unknown', false, [row('s', 1, 'queued')]),
    indicator(1, 'b.com', 'unknown', false),
  ])

  test('puts a newer row in its place and leaves the other indicators as they were', () => {
    const after = applyEvents(before, [{ type: 'row', position: 0, row: row('s', 2, 'found') }])
    expect(after.indicators[0]?.rows.map(({ state }) => state)).toEqual(['found'])
    expect(after.indicators[1]).toBe(before.indicators[1])
  })

  test('ignores a row that is older than the one at hand', () => {
    const done = applyEvents(before, [{ type: 'row', position: 0, row: row('s', 3, 'found') }])
    const replayed = applyEvents(done, [{ type: 'row', position: 0, row: row('s', 2, 'running') }])
    expect(replayed.indicators[0]?.rows[0]?.state).toBe('found')
  })

  test('a view that was read before an event came does not undo the event', () => {
    const streamed = applyEvents(before, [{ type: 'row', position: 0, row: row('s', 3, 'found') }])
    expect(newestOf(streamed, before).indicators[0]?.rows[0]?.state).toBe('found')
    expect(newestOf(view([], 'done'), before).state).toBe('done')
  })
})

describe('selectIndicators', () => {
  const all = [
    indicator(0, 'a.example.com', 'benign', true),
    indicator(1, 'b.example.com', 'benign', false),
    indicator(2, 'bad.com', 'malicious', false),
  ]
  const values = (filter: Parameters<typeof selectIndicators>[1]) =>
    selectIndicators(all, filter).map(({ value }) => value)

  test('a verdict that is not final counts as pending, never as benign', () => {
    expect(values({ verdict: 'benign' })).toEqual(['a.example.com'])
    expect(values({ verdict: 'pending' })).toEqual(['b.example.com'])
    expect(values({ verdict: 'malicious' })).toEqual(['bad.com'])
  })

  test('finds a defanged value, and sorts the worst first', () => {
    expect(values({ q: 'b.example[.]com' })).toEqual(['b.example.com'])
    expect(values({ sort: 'verdict' })[0]).toBe('bad.com')
  })
})

test('a cell of the CSV is never a formula', () => {
  expect(toCsv([indicator(0, 'a.com', 'unknown', true)])).toContain(`"'=SUM(A1)"`)
})

test('the snippet for a shell quotes a quote', () => {
  const text = snippet(
    'curl',
    requestCall({ indicators: [{ kind: 'user-agent', value: "it's $HOME" }] }),
    'http://localhost:8080',
  )
  expect(text).toContain(`it'\\''s $HOME`)
})

test('a fix that names only the page is led on to the field', () => {
  const fix = { label: 'Open S', href: '/sources/s' }
  expect(fixFor({ code: 'source-disabled', detail: '', fix }, 's')).toEqual({
    label: 'Open S',
    href: '/sources/s#enabled',
  })
  expect(
    fixFor({ code: 'secret-missing', detail: '', fix: { label: 'Set k', href: '/sources/s#secret-k' } }, 's')?.href,
  ).toBe('/sources/s#secret-k')
})

test.each([
  ['/sources/s', '/sources/s?at=o#secrets'],
  ['/sources/s#secret-k', '/sources/s?at=o#secret-k'],
  ['/ignore-lists#e', '/ignore-lists#e'],
])('a fix at %s, of the source as it is in an organization, leads to %s', (href, led) => {
  expect(fixFor({ code: 'secret-missing', detail: '', fix: { label: 'Mend', href } }, 's', 'o')?.href).toBe(led)
})
