import type { Postgres } from '../../foundation/index.ts'

const partitioned = ['requests', 'request_indicators', 'answers', 'outcomes']

/** Makes the monthly partitions of this month and the next two, so that nothing lands in the rest. */
export async function ensurePartitions(sql: Postgres, nowMs: number): Promise<void> {
  const now = new Date(nowMs)
  for (const table of partitioned) {
    for (const ahead of [0, 1, 2]) {
      const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1))
      await sql`call public.ensure_month(${`enrichment.${table}`}::text::regclass, ${month.toISOString().slice(0, 10)}::text::date)`
    }
  }
}
