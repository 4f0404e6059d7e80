import type { Queryable } from '../../../foundation/index.ts'
import type { FlowReport } from '../flow/flow-report.ts'

export type NewFlow = {
  id: string
  stateSha256: Buffer
  browserSha256: Buffer
  slug: string
  triedBy: string | null
  sealed: string
  returnPath: string
  createdAt: Date
  expiresAt: Date
}
export type Flow = Pick<NewFlow, 'id' | 'slug' | 'triedBy' | 'sealed' | 'returnPath'>

export async function insertFlow(sql: Queryable, flow: NewFlow): Promise<void> {
  await sql`delete from identity.openid_flows where expires_at <= ${flow.createdAt}`
  await sql`
    insert into identity.openid_flows
      (id, state_sha256, browser_sha256, slug, tried_by, sealed, return_path, created_at, expires_at)
    values (${flow.id}, ${flow.stateSha256}, ${flow.browserSha256}, ${flow.slug}, ${flow.triedBy}, ${flow.sealed},
      ${flow.returnPath}, ${flow.createdAt}, ${flow.expiresAt})`
}

/** The flow of this state, begun by this browser; of several callbacks, at any process, the first one gets it. */
export async function takeFlow(
  sql: Queryable,
  key: Pick<NewFlow, 'stateSha256' | 'browserSha256' | 'slug'>,
  now: Date,
): Promise<Flow | undefined> {
  const [flow] = await sql<Flow[]>`
    update identity.openid_flows set used_at = ${now}
    where state_sha256 = ${key.stateSha256} and browser_sha256 = ${key.browserSha256} and slug = ${key.slug}
      and used_at is null and expires_at > ${now}
    returning id, slug, tried_by as "triedBy", sealed, return_path as "returnPath"`
  return flow
}

export async function keepReport(sql: Queryable, id: string, report: FlowReport): Promise<void> {
  await sql`update identity.openid_flows set report = ${sql.json(report as never)} where id = ${id}`
}

/** What came of the last sign-in of this browser that came to nothing. */
export async function findProblemReport(
  sql: Queryable,
  browserSha256: Buffer,
  now: Date,
): Promise<FlowReport | undefined> {
  const [row] = await sql<{ report: FlowReport }[]>`
    select report from identity.openid_flows
    where browser_sha256 = ${browserSha256} and tried_by is null and report is not null and expires_at > ${now}
    order by created_at desc, id desc limit 1`
  return row?.report
}

/** The trials that this user has begun, the newest first. */
export async function listTrials(
  sql: Queryable,
  userId: string,
  now: Date,
): Promise<{ id: string; slug: string; createdAt: Date; report: FlowReport | null }[]> {
  return sql`
    select id, slug, created_at as "createdAt", report from identity.openid_flows
    where tried_by = ${userId} and expires_at > ${now} order by created_at desc, id desc limit 10`
}
