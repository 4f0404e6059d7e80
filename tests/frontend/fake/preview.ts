import { refusal } from './answers.ts'
import type { FakeSource } from './catalogue.ts'
import type { Body } from './requests.ts'

/** What would be sent where, for the fake sources. */
export function preview(body: Body, sources: FakeSource[]) {
  const marking = { tlp: body.tlp ?? 'AMBER', pap: body.pap ?? 'AMBER' }
  const entries = sources
    .filter((source) => !body.sources || body.sources.includes(source.slug))
    .map((source) => {
      const known = (body.indicators ?? []).filter(({ kind }) => source.kinds.includes(kind))
      const skipped = new Map<string, { code: string; detail: string; count: number }>()
      let willAsk = 0
      for (const { kind } of known) {
        const no = refusal(source, kind, marking)
        if (no && 'code' in no) {
          const entry = skipped.get(no.code) ?? { code: no.code, detail: no.detail, count: 0 }
          entry.count += 1
          skipped.set(no.code, entry)
        } else willAsk += 1
      }
      const { id, slug, name, provider, exposure, reliability } = source
      return {
        source: { id, slug, name, provider, exposure, reliability },
        willAsk,
        fromCache: 0,
        skipped: [...skipped.values()],
        exposure,
        hosts: source.hosts,
      }
    })
    .filter((entry) => entry.willAsk > 0 || entry.skipped.length > 0)
  return {
    indicators: body.indicators ?? [],
    rejected: [],
    calls: entries.reduce((sum, entry) => sum + entry.willAsk, 0),
    sources: entries,
    leaves: entries.some((entry) => entry.exposure !== 'local' && entry.willAsk > 0),
  }
}
