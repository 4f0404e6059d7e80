import type { Queryable, Transaction } from '../../foundation/index.ts'

export const changeChannel = 'sources_changed'

/** The last statement of every change: other processes read anew once it is committed. */
export async function announceChange(tx: Transaction): Promise<void> {
  await tx`update sources.revision set number = number + 1`
  await tx`select pg_notify(${changeChannel}, '')`
}

export async function readRevision(sql: Queryable): Promise<number> {
  const [row] = await sql<{ number: number }[]>`select number::int as number from sources.revision`
  return row?.number ?? 0
}
