import { z } from '@hono/zod-openapi'
import { requireIn, type Restorers, rootOrganizationId } from '../../identity/index.ts'
import type { SnapshotKeeper } from '../snapshot/keep-snapshot.ts'
import { addIgnoreEntry, type EntryParts } from './add-entry.ts'
import { ignoreMatches, ignoreScopes } from './ignore-entry.ts'

const entrySchema = z.object({
  scope: z.enum(ignoreScopes),
  match: z.enum(ignoreMatches),
  value: z.string(),
  reason: z.string(),
  target: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
})

/** A deleted entry comes back with its id, for whoever may write sources where it was. */
export function ignoreEntryRestorers(parts: Omit<EntryParts, 'picture'> & { keeper: SnapshotKeeper }): Restorers {
  return {
    'ignore-entry.delete': async ({ by, entry, record }) => {
      const organizationId = entry.organizationId ?? rootOrganizationId
      requireIn(by.caller, 'sources:write', organizationId, 'such an ignore list')
      const { target, expiresAt, ...rest } = entrySchema.parse(entry.before)
      const wish = {
        ...rest,
        organizationId,
        id: entry.resource.id,
        ...(target === null ? {} : { target }),
        ...(expiresAt === null ? {} : { expiresAt: new Date(expiresAt) }),
      }
      await addIgnoreEntry({ ...parts, record, picture: parts.keeper.current() }, wish, by.actor)
      await parts.keeper.refresh()
      return { resource: entry.resource, left: [] }
    },
  }
}
