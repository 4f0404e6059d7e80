import type { Postgres } from '../../foundation/index.ts'
import { readTree } from '../store/organizations.ts'
import { type OrganizationTree, organizationTree } from './organization-tree.ts'

export type TreeKeeper = {
  /** The tree as it was at this revision or later: a query only when it has changed. */
  at(revision: number): Promise<OrganizationTree>
}

/** Keeps the picture of all organizations. Organizations are counted in thousands: it is read whole. */
export function keepTree(sql: Postgres): TreeKeeper {
  let picture = { revision: -1, tree: organizationTree([]) }
  let reading: Promise<void> | undefined
  async function read(): Promise<void> {
    const { revision, nodes } = await readTree(sql)
    if (revision > picture.revision) picture = { revision, tree: organizationTree(nodes) }
  }
  return {
    async at(revision) {
      // A reading that began before this revision may not have it: then there is one more.
      while (picture.revision < revision) await (reading ??= read().finally(() => (reading = undefined)))
      return picture.tree
    },
  }
}
