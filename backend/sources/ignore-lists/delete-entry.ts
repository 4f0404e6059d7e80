import { type Actor, fail } from '../../foundation/index.ts'
import { deleteIgnoreEntry } from '../store/ignore-entries.ts'
import { announceChange } from '../store/revision.ts'
import { type EntryParts, shownEntry } from './add-entry.ts'

/** @throws AppError not-found. */
export async function removeIgnoreEntry(
  { sql, record }: Omit<EntryParts, 'picture'>,
  actor: Actor,
  id: string,
): Promise<void> {
  await sql.begin(async (tx) => {
    const deleted = await deleteIgnoreEntry(tx, id)
    if (!deleted) fail('not-found', `There is no ignore-list entry ${id}.`)
    await record(tx, actor, {
      action: 'ignore-entry.delete',
      resource: { type: 'ignore-entry', id, name: deleted.value },
      organizationId: deleted.organizationId,
      before: shownEntry(deleted, deleted.target),
    })
    await announceChange(tx)
  })
}
