import {
  openPostgres,
  type Change,
  type Clock,
  type Postgres,
  systemActor,
} from '../../../../backend/foundation/index.ts'
import { openAudit, type Audit } from '../../../../backend/identity/audit/open-audit.ts'
import { testDatabase } from '../../../support/postgres.ts'

export const quiet = { info: () => {}, warn: () => {} }

export function movableClock(): Clock & { nowMs: number } {
  const clock = { nowMs: Date.parse('2026-11-21T12:00:00.123Z'), now: () => clock.nowMs }
  return clock
}

export type Row = { sequence: number; id: string; content: string; hash: string }

/** An audit log of its own on a fresh database. */
export async function openWorkroom() {
  const database = await testDatabase()
  const sql = openPostgres(database.url, { connections: 4 })
  const clock = movableClock()
  const opened: Audit[] = []
  /** As after a restart: nothing is remembered of what was verified before. */
  function openAnother(): Audit {
    const audit = openAudit({ sql, clock, log: quiet })
    opened.push(audit)
    return audit
  }
  const audit = openAnother()
  return {
    sql,
    url: database.url,
    clock,
    audit,
    openAnother,
    record: (change: Partial<Change> = {}, on: Postgres = sql) => recordOne(audit, on, change),
    entries: async () =>
      (await sql<{ content: string }[]>`select content from identity.audit_entries order by sequence`).map(
        ({ content }) => JSON.parse(content) as Record<string, unknown>,
      ),
    rows: () => sql<Row[]>`select sequence, id, content, hash from identity.audit_entries order by sequence`,
    /** As somebody with the keys of the database could: around the triggers. */
    async tamper(work: (tx: Postgres) => Promise<unknown>): Promise<void> {
      await sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`
        await work(tx as unknown as Postgres)
      })
    },
    async close() {
      for (const one of opened) await one.close()
      await sql.end({ timeout: 1 })
      await database.drop()
    },
  }
}

async function recordOne(audit: Audit, sql: Postgres, change: Partial<Change>): Promise<void> {
  await sql.begin((tx) =>
    audit.record(tx, systemActor, {
      action: 'group.create',
      resource: { type: 'group', id: 'g1', name: 'Group' },
      organizationId: null,
      ...change,
    }),
  )
}
