import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { organizationIdsWhere } from '../access/organizations-where.ts'
import { type Principal, principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { by } from '../routes/client.ts'
import { idParams, jsonBody, pageOf, pageSchema } from '../routes/schemas.ts'
import { readAnchor } from './chain/entry-hash.ts'
import type { AuditEntry, ChainedEntry } from './entry.ts'
import type { Audit } from './open-audit.ts'
import { exportEntries } from './reading/export-entries.ts'
import { canRestore, restoreDeleted } from './restoring/restore-deleted.ts'
import {
  auditEntrySchema,
  exportQuery,
  type filterQuery,
  listQuery,
  restoredSchema,
  verificationSchema,
  verifyBody,
} from './schemas.ts'
import { type EntryFilter, type EntryRow, findEntryRow, listEntryRows } from './store.ts'

const shared = { tags: ['audit'], permission: 'audit:read' as const }
const somewhere = { ...shared, held: 'somewhere' as const }

const list = route({
  ...somewhere,
  method: 'get',
  path: '/audit',
  operationId: 'listAuditEntries',
  summary: 'What was done and what was denied in the organizations where the caller may read it, newest first',
  request: { query: listQuery },
  responses: { 200: jsonResponse(pageSchema(auditEntrySchema), 'one page'), ...problemResponses(401, 403, 422) },
})

const exportAll = route({
  ...somewhere,
  method: 'get',
  path: '/audit/export',
  operationId: 'exportAuditEntries',
  summary: 'The same as a file, oldest first',
  request: { query: exportQuery },
  responses: {
    200: {
      description: 'streamed',
      content: { 'application/x-ndjson': { schema: z.string() }, 'text/csv': { schema: z.string() } },
    },
    ...problemResponses(401, 403, 422),
  },
})

const read = route({
  ...somewhere,
  method: 'get',
  path: '/audit/{id}',
  operationId: 'getAuditEntry',
  summary: 'One entry',
  request: { params: idParams },
  responses: { 200: jsonResponse(auditEntrySchema, 'it'), ...problemResponses(401, 403, 404, 422) },
})

const verify = route({
  ...shared,
  method: 'post',
  path: '/audit/verify',
  operationId: 'verifyAudit',
  audit: { none: 'reads the chain and changes nothing' },
  summary: 'Whether the audit log is as it was written; with anchors, whether it is still the same log',
  request: { body: jsonBody(verifyBody) },
  responses: { 200: jsonResponse(verificationSchema, 'what was found'), ...problemResponses(401, 403, 422) },
})

const restore = route({
  ...somewhere,
  method: 'post',
  path: '/audit/{id}/restore',
  operationId: 'restoreDeleted',
  audit: '*.restore',
  summary: 'Bring back what this entry says was deleted; takes the permission to make such a thing',
  request: { params: idParams },
  responses: { 200: jsonResponse(restoredSchema, 'restored'), ...problemResponses(401, 403, 404, 409, 422) },
})

export function addAuditRoutes(router: OpenAPIHono, parts: IdentityParts, audit: Audit): void {
  const { sql } = parts
  const view = viewer(audit)

  router.openapi(list, async (c) => {
    const { limit, cursor, ...query } = c.req.valid('query')
    const rows = await listEntryRows(sql, filterOf(principal(c), query), cursor, limit + 1)
    return c.json(
      pageOf(rows.map(readRow), limit, (entry) => view(entry, principal(c))),
      200,
    )
  })

  router.openapi(exportAll, async (c) => {
    const { format, ...query } = c.req.valid('query')
    const entries = exportEntries(sql, filterOf(principal(c), query), format, seesAll(principal(c)))
    const text = withFirst(await entries.next(), entries)
    const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson'
    c.header('content-type', type)
    c.header('content-disposition', `attachment; filename="audit.${format}"`)
    return c.body(ReadableStream.from(text).pipeThrough(new TextEncoderStream()), 200) as never
  })

  router.openapi(read, async (c) => {
    return c.json(view(await findEntry(c.req.valid('param').id, principal(c)), principal(c)), 200)
  })

  router.openapi(verify, async (c) => {
    const anchors = c.req.valid('json').anchors.flatMap((text) => readAnchor(text) ?? [])
    return c.json(await audit.verify(anchors), 200)
  })

  router.openapi(restore, async (c) => {
    const entry = await findEntry(c.req.valid('param').id, principal(c))
    return c.json(await restoreDeleted(audit.restorers, parts.record, by(c, parts), entry), 200)
  })

  /** Fails with not-found for an entry that the caller may not see, too. */
  async function findEntry(id: string, caller: Principal): Promise<ChainedEntry> {
    const row = await findEntryRow(sql, id)
    const entry = row && readRow(row)
    const ids = organizationIdsWhere(caller, 'audit:read')
    if (!entry || (ids && (entry.organizationId === null || !ids.includes(entry.organizationId)))) {
      fail('not-found', `There is no audit entry ${id}.`)
    }
    return entry
  }
}

/** An answer that has begun can tell no problem any more: its first piece is taken before, and given back here. */
async function* withFirst(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done) return
  yield first.value
  yield* rest
}

function filterOf(caller: Principal, { since, until, ...query }: z.infer<typeof filterQuery>): EntryFilter {
  return {
    ...query,
    organizationIds: organizationIdsWhere(caller, 'audit:read'),
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  }
}

function seesAll(caller: Principal): boolean {
  return organizationIdsWhere(caller, 'audit:read') === null
}

function readRow({ sequence, hash, content }: EntryRow): ChainedEntry {
  return { ...(JSON.parse(content) as AuditEntry), sequence, hash }
}

/** The sequence counts entries that others may not see, so it is not theirs to know. */
function viewer({ restorers }: Audit) {
  return (entry: ChainedEntry, caller: Principal): z.infer<typeof auditEntrySchema> => ({
    ...entry,
    ...(seesAll(caller) ? {} : { sequence: null, hash: null }),
    restorable: canRestore(restorers, entry),
  })
}
