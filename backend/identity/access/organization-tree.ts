export type OrganizationNode = { id: string; parentId: string | null; archived: boolean }

/** The picture of all organizations that decisions are made by. */
export type OrganizationTree = {
  rootId: string
  has(id: string): boolean
  /** From the organization itself up to the root; empty for an unknown one. */
  pathUp(id: string): readonly string[]
  /** Whether `id` is `ancestorId` or below it. */
  isWithin(id: string, ancestorId: string): boolean
  /** The organization and all below it. */
  subtree(id: string): string[]
  /** It, or one above it, was archived. */
  isArchived(id: string): boolean
}

/** An organization deeper than this is refused; the root is at 1. */
export const deepestLevel = 16

/** Builds the picture. Work per question: the depth, for a subtree its size. */
export function organizationTree(nodes: readonly OrganizationNode[]): OrganizationTree {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const children = Map.groupBy(nodes, (node) => node.parentId)
  const pathUp = (id: string): string[] => {
    const path: string[] = []
    // The bound holds whatever the rows say: a circle must not hang the process.
    for (let at = byId.get(id); at && path.length <= nodes.length; at = byId.get(at.parentId ?? '')) path.push(at.id)
    return path
  }
  return {
    rootId: children.get(null)?.[0]?.id ?? '',
    has: (id) => byId.has(id),
    pathUp,
    isWithin: (id, ancestorId) => pathUp(id).includes(ancestorId),
    subtree: (id) => {
      const found = new Set(byId.has(id) ? [id] : [])
      for (const at of found) for (const child of children.get(at) ?? []) found.add(child.id)
      return [...found]
    },
    isArchived: (id) => pathUp(id).some((each) => byId.get(each)?.archived),
  }
}
