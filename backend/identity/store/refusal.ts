/** Why the database refused a change that it guards by itself. */
export type Refusal = 'last-admin' | 'taken' | 'in-use'

const refusals: Record<string, Refusal> = { IDADM: 'last-admin', 23505: 'taken', 23503: 'in-use' }

/** The refusal behind a failure of postgres.js, if it is one. */
export function refusalOf(error: unknown): Refusal | undefined {
  return error instanceof Error && 'code' in error ? refusals[String(error.code)] : undefined
}
