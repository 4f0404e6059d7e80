import type { Postgres } from './open-postgres.ts'

type Query = { text: string; values?: (string | number | null)[] }
type Answer = { rows: object[]; rowCount: number }

/** The one method of a client of `pg` that libraries which bring their own statements call. */
export function asClient(sql: Postgres): { query(query: Query): Promise<Answer> } {
  return {
    query: async ({ text, values = [] }) => {
      const rows = await sql.unsafe(text, values, { prepare: true })
      return { rows, rowCount: rows.count }
    },
  }
}
